/** How the reading is, and what an owner has to do about it. */
import { Alert, Loader, Stack, Text } from '@mantine/core';
import { ConfirmButton } from '../../components/confirm-button.tsx';
import { CopyLine } from '../../components/copy-button.tsx';
import { Facts } from '../../components/facts.tsx';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { repositoriesWords } from '../../words/repositories.ts';
import { vcsRepositoriesWords } from '../../words/vcs-repositories.ts';
import { Notice } from '../synchronizations/alerts.tsx';
import type { Outcome } from './outcome.ts';
import type { PartProps } from './part.ts';
import type { VcsRepository } from './queries.ts';
import { useVcsChange } from './use-vcs-change.ts';

const words = vcsRepositoriesWords.one;
const { outcomes } = words;

interface OutcomeAlertProps extends PartProps {
  readonly outcome: Outcome;
}

export function OutcomeAlert({ outcome, ...part }: OutcomeAlertProps) {
  const { repository } = part;
  return (
    <div role="status">
      {outcome.kind === 'reading' && (
        <Alert variant="light" color="gray" icon={<Loader size={18} aria-hidden="true" />}>
          {outcomes.reading}
        </Alert>
      )}
      {outcome.kind === 'new' && <NewKey repository={repository} />}
      {outcome.kind === 'packages' && (
        <Alert variant="light" color="green" icon={<Icon name="check" />}>
          {outcomes.packages(repository.packages.length)}
        </Alert>
      )}
      {outcome.kind === 'no-package' && <NoPackage {...part} />}
      {outcome.kind === 'other-key' && <OtherKey {...part} offered={outcome.offered} />}
      {outcome.kind === 'failed' && (
        <Notice
          color="red"
          title={outcomes.failed}
          text={[asSentence(outcome.message), ...(outcome.triesAgain ? [outcomes.triesAgain] : [])].join(' ')}
          action={outcome.remedy === 'allow-private' && <AllowPrivate {...part} />}
        />
      )}
    </div>
  );
}

/** Failures are parts of sentences. */
function asSentence(message: string): string {
  const text = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const NewKey = ({ repository: { publicKey } }: { readonly repository: VcsRepository }) => (
  <Alert
    variant="light"
    color="yellow"
    icon={<Icon name="key" />}
    title={outcomes.new.title}
    styles={{ title: { color: 'var(--mantine-color-text)' } }}
  >
    <Stack gap="xs">
      <Text size="sm">{outcomes.new.text}</Text>
      {publicKey !== undefined && <CopyLine value={publicKey} label={words.publicKey.copy} />}
    </Stack>
  </Alert>
);

function NoPackage({ slug, repository: { reason, waiting } }: PartProps) {
  const [first] = waiting;
  const isOfVendors = waiting.some((one) => one.reason === 'vendor-not-owned');
  const said =
    first === undefined
      ? reason === undefined || reason === 'no-manifest'
        ? outcomes.noPackage.noManifest
        : repositoriesWords.reasons[reason]
      : waiting.map((one) => outcomes.waiting(one.name, reasonOf(one.reason))).join(', ');
  return (
    <Notice
      color="yellow"
      title={outcomes.noPackage.title}
      text={said}
      action={
        isOfVendors && (
          <AnchorLink to="/o/$slug/settings" params={{ slug }} size="sm">
            {outcomes.vendors}
          </AnchorLink>
        )
      }
    />
  );
}

const reasonNames: Readonly<Record<string, string>> = repositoriesWords.reasons;
const reasonOf = (reason: string): string => reasonNames[reason] ?? outcomes.noPackage.other;

function AllowPrivate({ onAsked, repository: { url }, ...which }: PartProps) {
  const { host } = new URL(url);
  const allow = useVcsChange(which, { said: words.privateNetwork.done(host), onDone: onAsked });
  return (
    <ConfirmButton
      label={words.privateNetwork.action}
      title={words.privateNetwork.of(host)}
      size="xs"
      change={{ ...allow, mutate: (_, options) => allow.mutate({ allowsPrivate: true }, options) }}
    >
      {vcsRepositoriesWords.form.allowsPrivateText}
    </ConfirmButton>
  );
}

function OtherKey({
  offered,
  onAsked,
  repository: { hostKey },
  ...which
}: PartProps & { readonly offered: string }) {
  const accept = useVcsChange(which, { said: words.otherKey.done, onDone: onAsked });
  return (
    <Alert variant="light" color="red" icon={<Icon name="warning" />} title={words.otherKey.title}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{words.otherKey.text}</Text>
        <Facts
          facts={[
            ...(hostKey === undefined ? [] : [{ name: words.otherKey.known, value: <code>{hostKey}</code> }]),
            { name: words.otherKey.offered, value: <code>{offered}</code> },
          ]}
        />
        <ConfirmButton
          label={words.otherKey.action}
          title={words.otherKey.dialog}
          size="xs"
          change={{ ...accept, mutate: (_, options) => accept.mutate({ acceptHostKey: offered }, options) }}
        >
          {words.otherKey.dialogText}
        </ConfirmButton>
      </Stack>
    </Alert>
  );
}
