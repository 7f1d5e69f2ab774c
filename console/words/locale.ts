/** The language of the interface, for numbers and dates. https://www.rfc-editor.org/rfc/rfc5646 */
export const locale = 'en';

const plurals = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

export const shownNumber = (count: number): string => numbers.format(count);

/** The forms of a noun: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html */
interface Forms {
  readonly one: string;
  readonly other: string;
}

/** The noun in the form for the number, after the number. */
export const counted = (count: number, forms: Forms): string =>
  `${shownNumber(count)} ${plurals.select(count) === 'one' ? forms.one : forms.other}`;
