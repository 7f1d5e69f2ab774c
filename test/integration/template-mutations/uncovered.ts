/**
 * Honoured properties without a mutation, each with the reason. What becomes covered must leave this list, and what is not
 * covered must stand in it.
 */
export const uncovered: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::Stage DefaultRouteSettings':
    'counts only where the cloud is started with limitsRate, as local/cloud/provision/create-resource.test.ts does',
  'AWS::ApiGatewayV2::Stage RouteSettings': 'the same',
  'AWS::Lambda::Function Code.ImageUri':
    'only the worker of repositories at a URL has an image; test/composer-client/pinned-commits.test.ts runs it',
};
