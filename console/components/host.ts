/** A code host, as people know it: by its host name. @param baseUrl as the API has it */
export const hostOf = (baseUrl: string): string => (URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl);
