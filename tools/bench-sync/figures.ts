/** Measured numbers beside what they may be. */
import { textTable } from '../text-table.ts';

export interface Figure {
  readonly name: string;
  readonly measured: number;
  /** The least and the most that it may be; without them it is only told. */
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  readonly unit?: string | undefined;
}

export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export function isBroken({ measured, least, most }: Figure): boolean {
  return !(measured >= (least ?? Number.NEGATIVE_INFINITY) && measured <= (most ?? Number.POSITIVE_INFINITY));
}

export function brokenOf(sections: readonly Section[]): readonly Figure[] {
  return sections.flatMap(({ figures }) => figures.filter(isBroken));
}

export function sectionText({ title, figures }: Section): string {
  const rows = figures.map((figure) => [
    figure.name,
    withUnit(figure.measured, figure),
    limitText(figure),
    isBroken(figure) ? 'BROKEN' : '',
  ]);
  return ['', title, ...textTable([['', 'measured', 'limit', ''], ...rows]), ''].join('\n');
}

function limitText({ least, most, unit }: Figure): string {
  if (least === undefined && most === undefined) return '';
  if (least === most) return `exactly ${withUnit(most ?? 0, { unit })}`;
  const parts = [
    ...(least === undefined ? [] : [`at least ${withUnit(least, { unit })}`]),
    ...(most === undefined ? [] : [`at most ${withUnit(most, { unit })}`]),
  ];
  return parts.join(', ');
}

function withUnit(value: number, { unit }: Pick<Figure, 'unit'>): string {
  const digits = Number.isInteger(value) ? 0 : 1;
  const text = value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return unit === undefined ? text : `${text} ${unit}`;
}
