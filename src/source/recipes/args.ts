/** Binds a call's arguments to a signature. What does not fit makes the result unknown, with the reason. */
import { t } from '../../base/localize';
import { type UnknownValue, unknown, type Value } from '../values/values';
import { Args, type CallArgs, type Given, GivenValues, type Signature } from './recipe';

export function bind(signature: Signature, call: CallArgs, callee: string): Args | UnknownValue {
  const { params, places } = signature;
  const slots: (Given | undefined)[] = new Array(params.length).fill(undefined);
  const { positional, keywords } = call;
  let rest: Value[] | undefined;
  for (let i = 0; i < positional.length; i++) {
    if (i < params.length) slots[i] = positional[i];
    else {
      rest ??= [];
      rest.push(positional[i].value);
    }
  }
  if (rest && !signature.hasRest)
    return unknown(
      t('{0} takes at most {1} arguments here, and is given {2}.', callee, params.length, positional.length),
    );
  let more: Map<string, Given> | undefined;
  if (keywords.size > 0) {
    for (const [name, given] of keywords) {
      const at = places.get(name);
      if (at !== undefined) slots[at] = given;
      else if (!signature.hasKeywords)
        return unknown(t('{0} is not known to take the argument {1}.', callee, name));
      else {
        more ??= new Map();
        more.set(name, given);
      }
    }
  }
  for (let i = 0; i < params.length; i++) {
    if (slots[i] !== undefined) continue;
    if (call.unknownRest !== undefined) slots[i] = { value: unknown(call.unknownRest) };
    else if (params[i].default === undefined)
      return unknown(t('{0} needs the argument {1}.', callee, params[i].name));
  }
  return new Args(new GivenValues(signature, slots, more), undefined, rest ?? NO_REST);
}

const NO_REST: readonly Value[] = [];
