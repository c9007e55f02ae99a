/** Small readings of a JSON tree that both parts of the checker use. */
import type { Node } from 'jsonc-parser';
import { t } from '../../base/localize';
import type { OptionValue } from '../../base/options';

export type Values = Record<string, OptionValue>;
export type Say = (
  code: string,
  message: string,
  at: { offset: number; length: number } | undefined,
  inSchema?: boolean,
) => void;
/** Runs the work; an expected failure is said at the place, and undefined comes back. */
export type Attempt = <T>(work: () => T, place: Node | undefined, inSchema?: boolean) => T | undefined;

export function readValues(node: Node, say: Say): Values | undefined {
  if (node.type !== 'object') {
    say('settings/shape', t('Options are an object of names and values.'), node, true);
    return undefined;
  }
  const values: Values = {};
  for (const [key, , value] of members(node)) {
    const plain = plainValue(value);
    if (plain === undefined) say('option/value', t('"{0}" cannot be set to this.', key), value, true);
    else values[key] = plain;
  }
  return values;
}

/** Name, the name's node and the value's node of every complete member. */
export function members(node: Node): [string, Node, Node][] {
  return (node.children ?? []).flatMap((property): [string, Node, Node][] => {
    const [key, value] = property.children ?? [];
    return key && value ? [[String(key.value), key, value]] : [];
  });
}

export function plainValue(node: Node): OptionValue | undefined {
  return ['string', 'number', 'boolean'].includes(node.type) ? (node.value as OptionValue) : undefined;
}
