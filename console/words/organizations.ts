import { counted } from './locale.ts';

export const organizationsWords = {
  title: 'Organizations',
  description: 'What you belong to. Choose one to see its packages.',
  connect: 'Connect an organization',
  stopped: 'Access is stopped',
  waiting: (name: string) =>
    `You wait for an owner of ${name} to activate you. Until then you read nothing of it.`,
  invited: (name: string) => `You are invited to ${name}.`,
  invitations: 'Invitations',
  accepted: (name: string) => `You belong to ${name} now.`,
  declined: (name: string) => `You declined the invitation to ${name}.`,
  accept: 'Accept',
  decline: 'Decline',
  noneTitle: 'None of your organizations is here yet',
  noneText: 'If you own one on a code host, you can connect it in a minute.',
  count: (count: number) => counted(count, { one: 'organization', other: 'organizations' }),
};
