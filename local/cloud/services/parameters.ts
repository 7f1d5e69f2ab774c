import { z } from 'zod';
import type { CloudClock, ParameterEngine, ServiceRequest } from '../runtime/service.ts';
import { AwsError, jsonError, parsedInput } from './aws-error.ts';

interface Parameter {
  readonly name: string;
  readonly arn: string;
  readonly value: string;
  readonly changed: number;
}

const schemas = {
  GetParameter: z.object({ Name: z.string(), WithDecryption: z.boolean().optional() }),
  GetParameters: z.object({
    Names: z.array(z.string()).min(1).max(10),
    WithDecryption: z.boolean().optional(),
  }),
};

/**
 * A local Parameter Store with plain texts. The template writes them at each start, so nothing is kept on disk.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export function createParameterService({ clock }: { readonly clock: CloudClock }): ParameterEngine {
  const parameters = new Map<string, Parameter>();

  /** By name or ARN. */
  const find = (id: string): Parameter | undefined =>
    parameters.get(id) ?? [...parameters.values()].find(({ arn }) => arn === id);

  const described = ({ name, arn, value, changed }: Parameter) => ({
    Name: name,
    ARN: arn,
    Value: value,
    ...{ Type: 'String', DataType: 'text', Version: 1, LastModifiedDate: changed / 1000 },
  });

  const operations: Readonly<Record<string, (body: unknown) => object>> = {
    GetParameter(body) {
      const found = find(parsedInput(schemas.GetParameter, body).Name);
      if (found === undefined) throw new AwsError(400, 'ParameterNotFound', 'The parameter was not found.');
      return { Parameter: described(found) };
    },
    GetParameters(body) {
      const { Names } = parsedInput(schemas.GetParameters, body);
      return {
        Parameters: Names.flatMap((name) => find(name) ?? []).map(described),
        InvalidParameters: Names.filter((name) => find(name) === undefined),
      };
    },
  };

  function answer(request: ServiceRequest): object {
    const operation = operations[request.headers['x-amz-target']?.split('.')[1] ?? ''];
    if (operation !== undefined) return operation(JSON.parse(request.body.toString('utf8')));
    throw new AwsError(400, 'InvalidAction', 'This local service does not know the operation.');
  }

  return {
    async handle(request) {
      try {
        const headers = { 'content-type': 'application/x-amz-json-1.1' };
        return { status: 200, headers, body: JSON.stringify(answer(request)) };
      } catch (error) {
        if (error instanceof AwsError) return jsonError(error);
        throw error;
      }
    },
    putParameter(parameter) {
      parameters.set(parameter.name, { ...parameter, changed: clock.now() });
    },
    async close() {
      parameters.clear();
    },
  };
}
