import { describe, expect, it } from 'vitest';
import { dayRange, endOf, expiresAtOf, expiryChoices, never, ownDate } from './expiry.ts';

const now = Date.parse('2027-01-01T12:00:00Z');

describe('the end of a token', () => {
  it('is offered as far as the organization allows', () => {
    expect(expiryChoices(90, undefined)).toEqual(['90', '30', '180', '365', ownDate, never]);
    expect(expiryChoices(90, 60)).toEqual(['60', '30', ownDate]);
  });

  it('is left to the registry where it is the usual one', () => {
    expect(expiresAtOf({ choice: '90', date: '' }, 90, now)).toBeUndefined();
    expect(expiresAtOf({ choice: never, date: '' }, 90, now)).toBeNull();
  });

  it('is never later than so many days by a clock that is a little ahead', () => {
    expect(expiresAtOf({ choice: '30', date: '' }, 90, now)).toBe('2027-01-31T11:55:00.000Z');
  });

  it('is the end of the day that was entered', () => {
    const entered = { choice: ownDate, date: '2027-03-01' };
    expect(Date.parse(expiresAtOf(entered, 90, now) ?? '')).toBe(new Date(2027, 2, 1, 23, 59, 59).getTime());
    expect(endOf(entered, now)?.getDate()).toBe(1);
    expect(endOf({ choice: ownDate, date: '' }, now)).toBeUndefined();
    expect(dayRange(30, now)).toEqual({ min: '2027-01-02', max: '2027-01-30' });
    expect(dayRange(undefined, now).max).toBeUndefined();
  });
});
