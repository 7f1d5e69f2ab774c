import type { UseMutationResult } from '@tanstack/react-query';
import { api, dataOf, type Schemas, taggedDataOf } from '../../api/client.ts';
import { useChange } from '../../api/use-change.ts';
import { installationKey } from './queries.ts';

type Settings = Schemas['InstallationSettings'];
type Change = Schemas['InstallationSettingsChange'];

/** Changes the settings as they are at that moment. @param changeOf what is changed of what is there */
export function useSettingsChange<Input>(
  changeOf: (settings: Settings, input: Input) => Change,
  onDone: (input: Input) => void,
): UseMutationResult<Settings, Error, Input> {
  return useChange({
    send: async (input: Input) => {
      const { data, etag } = await taggedDataOf(api.GET('/api/v1/installation/settings'));
      return dataOf(
        api.PATCH('/api/v1/installation/settings', {
          params: { header: { 'if-match': etag } },
          body: changeOf(data, input),
        }),
      );
    },
    refreshes: [installationKey],
    onDone: (_, input) => onDone(input),
  });
}
