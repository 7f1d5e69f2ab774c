import { TextInput } from '@mantine/core';
import { fieldProblem } from '../../components/problem-text.ts';
import { connectWords } from '../../words/connect.ts';

const words = connectWords.form;

/** What a new organization is called. */
export interface About {
  readonly slug: string;
  readonly name: string;
  readonly vendors: string;
}

interface AboutFieldsProps {
  readonly about: About;
  onAbout(changed: Partial<About>): void;
  /** Of the change. */
  readonly error: unknown;
}

export const AboutFields = ({ about: { slug, name, vendors }, onAbout, error }: AboutFieldsProps) => (
  <>
    <TextInput
      label={words.slug}
      description={words.slugHint}
      required
      maxLength={40}
      value={slug}
      onChange={(event) => onAbout({ slug: event.currentTarget.value })}
      error={fieldProblem(error, '/slug')}
    />
    <TextInput
      label={words.name}
      maxLength={200}
      value={name}
      onChange={(event) => onAbout({ name: event.currentTarget.value })}
      error={fieldProblem(error, '/name')}
    />
    <TextInput
      label={words.vendors}
      description={words.vendorsHint}
      value={vendors}
      onChange={(event) => onAbout({ vendors: event.currentTarget.value })}
      error={fieldProblem(error, '/ownedVendors')}
    />
  </>
);
