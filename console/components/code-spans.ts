/** Text of the API with code in backticks, as in Markdown. */

interface Span {
  readonly text: string;
  readonly isCode: boolean;
  /** Where it begins in the text. */
  readonly from: number;
}

/** The parts of the text, without the backticks. One that is never closed is a character like others. */
export const codeSpans = (text: string): readonly Span[] =>
  [...text.matchAll(/`([^`]+)`|(?:[^`]|`(?![^`]+`))+/g)].map(({ 0: whole, 1: code, index }) => ({
    text: code ?? whole,
    isCode: code !== undefined,
    from: index,
  }));
