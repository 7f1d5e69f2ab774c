import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { AnchorLink } from '../../components/link.tsx';
import { whyWords as words } from '../../words/why.ts';
import type { Step } from './steps.ts';
import classes from './way.module.css';

interface WayProps {
  readonly label: string;
  readonly slug: string;
  /** The id, as in the address of the page. */
  readonly person: string;
  readonly steps: readonly Step[];
}

/** A way drawn as boxes with lines between them: from left to right, on a phone from top to bottom. */
export function DrawnWay({ label, slug, person, steps }: WayProps) {
  return (
    <ol className={classes.way} aria-label={label}>
      {steps.map((step, place) => (
        <li
          key={`${step.kind} ${step.text}`}
          className={classes.step}
          data-kind={step.kind}
          data-broken={step.kind === 'missing' || steps[place - 1]?.kind === 'missing' || undefined}
        >
          <div className={classes.node}>
            <Text size="xs" c="dimmed">
              {[words.kinds[step.kind], step.detail].filter((part) => part !== undefined).join(' · ')}
            </Text>
            <Text size="sm" fw={500} component="div">
              <Linked slug={slug} person={person} step={step} />
            </Text>
          </div>
        </li>
      ))}
    </ol>
  );
}

interface LinkedProps {
  readonly slug: string;
  readonly person: string;
  readonly step: Step;
}

function Linked({ slug, person, step: { kind, text, team } }: LinkedProps): ReactNode {
  if (kind === 'person') {
    return (
      <AnchorLink to="/o/$slug/people/$person" params={{ slug, person }} inherit>
        {text}
      </AnchorLink>
    );
  }
  if (kind === 'team' && team !== undefined) {
    return (
      <AnchorLink to="/o/$slug/teams/$team" params={{ slug, team }} inherit>
        {text}
      </AnchorLink>
    );
  }
  if (kind === 'package') {
    const [vendor = '', name = ''] = text.split('/');
    return (
      <AnchorLink to="/o/$slug/packages/$vendor/$name" params={{ slug, vendor, name }} inherit>
        {text}
      </AnchorLink>
    );
  }
  return text;
}
