export interface NodeMachine {
  readonly platform: string;
  readonly arch: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly paths: readonly string[];
  list(folder: string): readonly string[];
  versionOf(program: string): string | undefined;
}
export function isNewEnough(version: string): boolean;
export function findNode(machine: NodeMachine): string | undefined;
export function withoutNode(
  machine: { readonly platform: string; readonly arch: string },
  version: string,
): string;
