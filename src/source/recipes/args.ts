/** Binds a call's arguments to a signature. What does not fit makes the result unknown, with the reason. */
import { t } from '../../base/localize';
import { type Site, type UnknownValue, unknown, type Value } from '../values/values';
import { Args, type CallArgs, GivenValues, type Signature } from './recipe';

export function bind(signature: Signature, call: CallArgs, callee: string): Args | UnknownValue {
  const values = new Map<string, Value>();
  const rest: Value[] = [];
  call.positional.forEach(({ value }, i) => {
    const param = signature.params[i];
    if (param) values.set(param.name, value);
    else rest.push(value);
  });
  if (rest.length > 0 && !signature.hasRest)
    return unknown(
      t(
        '{0} takes at most {1} arguments here, and is given {2}.',
        callee,
        signature.params.length,
        call.positional.length,
      ),
    );
  for (const [name, { value }] of call.keywords) {
    if (!signature.hasKeywords && !signature.params.some((param) => param.name === name))
      return unknown(t('{0} is not known to take the argument {1}.', callee, name));
    values.set(name, value);
  }
  for (const param of signature.params) {
    if (values.has(param.name)) continue;
    if (call.unknownRest !== undefined) values.set(param.name, unknown(call.unknownRest));
    else if (param.default === undefined)
      return unknown(t('{0} needs the argument {1}.', callee, param.name));
  }
  const all = new GivenValues(values, signature.defaults);
  return new Args(all, () => sitesOf(signature, call), rest);
}

function sitesOf(signature: Signature, call: CallArgs): ReadonlyMap<string, Site> {
  const sites = new Map<string, Site>();
  call.positional.forEach(({ site }, i) => {
    const param = signature.params[i];
    if (param) sites.set(param.name, site);
  });
  for (const [name, { site }] of call.keywords) sites.set(name, site);
  return sites;
}
