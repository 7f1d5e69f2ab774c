/** What somebody should know of a package before anything else. */
import { Alert, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client.ts';
import { Icon } from '../../components/icon.tsx';
import { AnchorLink } from '../../components/link.tsx';
import { PackageLink } from '../../components/package-link.tsx';
import { When } from '../../components/when.tsx';
import { packageWords } from '../../words/package.ts';
import type { PanelProps } from './panel.ts';
import { claimsQuery, type Named } from './queries.ts';

const words = packageWords.states;

export function Notes({ path, found, may }: PanelProps) {
  const claims = useQuery({ ...claimsQuery(path), enabled: may.isOwner }).data;
  const { state, unreadableSince, replacement, scan, outsideCode, passedFrom } = found;
  return (
    <>
      {state === 'unreadable' && (
        <Note color="red" title={words.unreadable}>
          {unreadableSince !== undefined && (
            <>
              {words.noticed} <When at={unreadableSince} />.{' '}
            </>
          )}
          {words.unreadableText}
        </Note>
      )}
      {state === 'accepted' && (
        <Note color="blue" title={words.accepted}>
          {words.acceptedText}
        </Note>
      )}
      {replacement !== undefined && (
        <Note color="gray" title={words.replacement}>
          {words.replacementText} <PackageLink slug={path.slug} name={replacement} />
        </Note>
      )}
      {claims?.isContested && (
        <Note color="yellow" title={words.contested}>
          {words.contestedText} <TabLink path={path} tab="name" text={words.contestedAction} />
        </Note>
      )}
      {may.managePackages && scan.lastFailure !== undefined && (
        <Note color="yellow" title={words.scanFailed}>
          {scan.lastFailure.message} <TabLink path={path} tab="scans" text={packageWords.tabs.scans} />
        </Note>
      )}
      {may.managePackages && passedFrom !== undefined && (
        <Note color="gray" title={words.passed}>
          <When at={passedFrom.at} />
        </Note>
      )}
      {outsideCode !== undefined && <OutsideCode {...outsideCode} />}
    </>
  );
}

const OutsideCode = ({ published, forbidden, hosts }: NonNullable<Schemas['Package']['outsideCode']>) => (
  <Note color="gray" title={published > 0 ? words.outside(published) : words.outsideForbidden(forbidden)}>
    {words.outsideText(hosts)}
  </Note>
);

interface NoteProps {
  readonly color: 'red' | 'yellow' | 'blue' | 'gray';
  readonly title: string;
  readonly children: ReactNode;
}

const Note = ({ color, title, children }: NoteProps) => (
  <Alert
    color={color}
    variant="light"
    title={
      <Text span inherit c="var(--mantine-color-text)">
        {title}
      </Text>
    }
    icon={<Icon name="warning" />}
  >
    {children}
  </Alert>
);

interface TabLinkProps {
  readonly path: Named;
  readonly tab: 'name' | 'scans';
  readonly text: string;
}

const TabLink = ({ path, tab, text }: TabLinkProps) => (
  <AnchorLink
    to="/o/$slug/packages/$vendor/$name"
    params={path}
    search={{ tab }}
    inherit
    c="inherit"
    underline="always"
  >
    {text}
  </AnchorLink>
);
