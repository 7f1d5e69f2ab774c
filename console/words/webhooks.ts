import { counted, shownNumber } from './locale.ts';

export const webhooksWords = {
  title: 'Webhooks',
  description: 'The code host tells of changes by them. Without them changes are found by the schedule.',
  facts: { state: 'State', last: 'Last delivery', recovered: 'Did not arrive' },
  state: {
    app: 'Delivered to the App',
    organization: 'On the organization',
    repositories: 'On each repository with a package',
  },
  neverDelivered: 'none within seven days',
  recovered: (count: number) =>
    count === 0 ? 'none of the last 100' : `${shownNumber(count)} of the last 100, taken from the log`,
  problem: 'Webhooks are missing',
  problemAction: 'Credentials',
  failing: (count: number) => `${counted(count, { one: 'webhook fails', other: 'webhooks fail' })}`,
  failingText:
    'The code host has paused or disabled them after failures, and they are looked at with each read. Until they work, changes are found by the schedule.',
  refused: 'A delivery was refused for its signature',
  refusedText:
    'Somebody delivered to the address of this kind of code host without a signature that is known here. If it was yours, the secret of the webhook there is another one.',
  tabs: { received: 'Received', log: 'Log of the code host', hooks: 'Webhooks' },
  columns: {
    event: 'Event',
    at: 'When',
    by: 'How',
    delivery: 'Delivery',
    outcome: 'Result',
    actions: 'Action',
    hook: 'Installed on',
    state: 'State',
    since: 'Since',
  },
  by: { webhook: 'Arrived', log: 'Taken from the log' },
  byHint: 'It did not arrive, and was taken from the log of the code host.',
  received: {
    none: {
      title: 'Nothing was delivered',
      text: 'Deliveries that said something new are shown here for seven days.',
    },
  },
  log: {
    none: { title: 'The log is empty', text: 'The code host has delivered nothing lately.' },
    arrived: (status: number | undefined) => `Arrived${status === undefined ? '' : ` ${status}`}`,
    failed: (status: number | undefined) => (status === undefined ? 'No answer' : `Failed ${status}`),
    again: 'Again',
    redeliver: 'Redeliver',
    redeliverLabel: (event: string, delivery: string) => `Redeliver ${event} ${delivery}`,
    done: 'The code host is going to deliver it again.',
    hook: 'Whose log',
    refresh: 'Refresh',
  },
  hooks: {
    none: { title: 'No webhooks are installed', text: 'They are installed with the next read.' },
    organization: 'The organization',
    states: { installing: 'Not installed yet', working: 'Working', paused: 'Paused', disabled: 'Disabled' },
  },
};
