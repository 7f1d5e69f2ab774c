import { type HttpResponse, headersOf } from '../runtime/listen.ts';
import { isObject, type Json } from '../template/json.ts';

/**
 * Converts a function's answer in payload format 2.0 to an HTTP response. With `statusCode` it is one; without, it is the JSON body of a
 * 200.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
 *
 * @param payload the function's answer as JSON
 * @returns undefined if API Gateway would not accept it and answer 500
 */
export function httpApiResponse(payload: string): HttpResponse | undefined {
  const answer: Json = JSON.parse(payload);
  if (!isObject(answer) || answer.statusCode === undefined) {
    const body = typeof answer === 'string' ? answer : payload;
    return {
      status: 200,
      headers: headersOf({ 'content-type': 'application/json' }),
      body: Buffer.from(body),
    };
  }
  const status = Number(answer.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  const { body = null, cookies = [], headers = {} } = answer;
  if ((body !== null && typeof body !== 'string') || !Array.isArray(cookies) || !isObject(headers))
    return undefined;

  const result = new Map<string, string[]>();
  for (const [name, value] of Object.entries(headers)) result.set(name.toLowerCase(), [String(value)]);
  if (cookies.length > 0)
    result.set('set-cookie', [...(result.get('set-cookie') ?? []), ...cookies.map(String)]);
  const bytes = Buffer.from(body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > 0 && !result.has('content-type'))
    result.set('content-type', ['text/plain;charset=UTF-8']);
  return { status, headers: result, body: bytes };
}
