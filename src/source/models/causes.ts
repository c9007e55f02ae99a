/**
 * Why sizes do not fit, and what would mend it. A mend is only offered after it was tried: the block is made and
 * called again with the other argument, and the fault must be gone.
 */
import { t } from '../../base/localize';
import { callValue } from '../interpreter/calls';
import { callFunction, instantiate } from '../interpreter/functions';
import type { Emission, Fix, Machine, RawProblem, Scope } from '../interpreter/machine';
import type { CallArgs, ShapeFault } from '../recipes/recipe';
import { formatShape } from '../values/format';
import type { TraceNode } from '../values/trace';
import { type InstanceValue, type Site, TRUE, type Value } from '../values/values';
import type { Lines } from './lines';
import { type Skip, skipOf } from './skips';

export class Causes {
  constructor(
    private readonly machine: Machine,
    private readonly lines: Lines,
  ) {}

  /** The problem to report for a fault that a rule found. */
  problem(fault: ShapeFault, emission: Emission, site: Site): RawProblem {
    const found = fault.code === 'shape/add' ? this.additionProblem(fault, emission, site) : undefined;
    if (found) return found;
    const { argument } = fault.extra;
    const fix =
      argument && emission.instance
        ? this.argumentFix(emission.instance, argument.name, argument.value)
        : undefined;
    return { code: fault.code, severity: 'error', message: fault.message, site, fix };
  }

  private additionProblem(fault: ShapeFault, emission: Emission, site: Site): RawProblem | undefined {
    const [a, b] = emission.inputs;
    const skip = a && b && skipOf(a, b);
    if (!skip) return undefined;
    const branch = formatShape(skip.branch.shape, emission.framework);
    const shortcut = formatShape(skip.skip.shape, emission.framework);
    const base = { code: fault.code, severity: 'error' as const, site };
    const shrinking = skip.branchNodes.find((node) => hasStride(node));
    const flag = this.flagThatMends();
    const stride = shrinking && this.strideText(shrinking);
    if (shrinking && stride && skip.kind === 'identity') {
      const line = this.lineOf(shrinking);
      const message = flag
        ? t(
            'The branch {0} and the skip {1} cannot be added: {2} in line {3} makes the branch smaller, while {4}=False leaves the skip as it was.',
            branch,
            shortcut,
            stride,
            line,
            flag.name,
          )
        : t(
            'The branch {0} and the skip {1} cannot be added: {2} in line {3} makes the branch smaller, while the skip stays as it was.',
            branch,
            shortcut,
            stride,
            line,
          );
      return { ...base, message, fix: flag?.fix };
    }
    const padding = this.paddingFix(skip);
    if (padding)
      return {
        ...base,
        message: t(
          'The branch {0} and the skip {1} cannot be added: the convolution in line {2} has no padding and trims the branch.',
          branch,
          shortcut,
          padding.line,
        ),
        fix: padding.fix,
      };
    const message = flag
      ? t(
          'The branch {0} and the skip {1} cannot be added, because {2}=False leaves the skip as it was.',
          branch,
          shortcut,
          flag.name,
        )
      : t('The branch {0} and the skip {1} cannot be added.', branch, shortcut);
    return { ...base, message, fix: flag?.fix };
  }

  private lineOf(node: TraceNode): number {
    const site = node.made ?? node.site;
    const { line } = this.lines.place(site);
    this.machine.memory?.told(site, line);
    return line;
  }

  private strideText(node: TraceNode): string | undefined {
    const stride = node.attributes.stride;
    if (!Array.isArray(stride)) return undefined;
    const [first] = stride;
    const size = stride.every((s) => s === first) ? String(first) : `(${stride.join(', ')})`;
    return node.framework === 'pytorch'
      ? `stride=${size}`
      : node.framework === 'keras'
        ? `strides=${size}`
        : `strides: ${size}`;
  }

  /** A switch of the block that is off and, turned on, lets the block be called. */
  private flagThatMends(): { name: string; fix?: Fix } | undefined {
    const { machine } = this;
    const active = machine.activeCalls.at(-1);
    const making = active && machine.makings.get(active.instance);
    const frame = machine.frames.at(-1);
    if (active && making && frame?.self === active.instance) {
      const init = active.instance.class.attributes.get('__init__');
      const params = init?.kind === 'function' ? this.offFlags(init, making.args) : [];
      for (const { name, position } of params) {
        const args = withFlag(making.args, name, making.site);
        const isMended = this.tries(() => {
          const twin = instantiate(
            machine,
            active.instance.class,
            args,
            making.site,
            scopeOf(making.site),
            '',
          );
          callValue(machine, twin, active.args, making.site, scopeOf(making.site), '');
        });
        if (isMended) return { name, fix: this.flagFix(making.site, making.args, name, position) };
      }
      return undefined;
    }
    const callee = frame?.function;
    const { args, site } = frame ?? {};
    if (!callee || !args || !site || callee.owner) return undefined;
    for (const { name, position } of this.offFlags(callee, args)) {
      const isMended = this.tries(() => void callFunction(machine, callee, withFlag(args, name, site), site));
      if (isMended) return { name, fix: this.flagFix(site, args, name, position) };
    }
    return undefined;
  }

  /** Parameters that are False in this call. */
  private offFlags(
    callee: Extract<Value, { kind: 'function' }>,
    args: CallArgs,
  ): { name: string; position: number }[] {
    const plain = callee.form.params.filter(
      (param) => param.type === 'plain' || param.type === 'keywordOnly',
    );
    const first = callee.owner ? 1 : 0;
    return plain.flatMap((param, i) => {
      if (i < first) return [];
      const given =
        args.keywords.get(param.name)?.value ??
        (param.type === 'plain' ? args.positional[i - first]?.value : undefined);
      const value = given ?? callee.defaults.get(param.name);
      return value?.kind === 'boolean' && !value.value ? [{ name: param.name, position: i - first }] : [];
    });
  }

  private tries(body: () => void): boolean {
    const { machine } = this;
    const before = machine.faults;
    const counters = new Map(machine.counters);
    machine.muted++;
    try {
      body();
      return machine.faults === before;
    } finally {
      machine.muted--;
      machine.counters.clear();
      for (const [name, count] of counters) machine.counters.set(name, count);
    }
  }

  private flagFix(site: Site, args: CallArgs, name: string, position: number): Fix | undefined {
    const given = args.keywords.get(name)?.site ?? args.positional[position]?.site;
    return this.keywordFix(site, name, 'True', given);
  }

  /** Sets a keyword of the call that stands at `site`. */
  private keywordFix(site: Site, name: string, value: string, given?: Site): Fix | undefined {
    const isPython = this.machine.files.get(site.file)?.program.language === 'python';
    if (site.file !== this.machine.mainFile || !isPython) return undefined;
    const title = t('Set {0}={1}', name, value);
    if (given && given.file === site.file && given.start >= site.start && given.end <= site.end)
      return { title, edits: [{ start: given.start, end: given.end, text: value }] };
    const call = this.lines.textOf(site);
    if (!call.endsWith(')')) return undefined;
    const inside = call.slice(0, -1).trimEnd();
    const separator = inside.endsWith('(') || inside.endsWith(',') ? '' : ', ';
    const at = site.start + inside.length;
    return {
      title,
      edits: [{ start: at, end: at, text: `${separator}${inside.endsWith(',') ? ' ' : ''}${name}=${value}` }],
    };
  }

  /** Writes another number for an argument that is a number in the text. */
  private argumentFix(instance: InstanceValue, name: string, value: string): Fix | undefined {
    const site = instance.layer?.bound?.siteOf(name);
    if (site?.file !== this.machine.mainFile || !/^\d+$/.test(value)) return undefined;
    if (!/^\d+$/.test(this.lines.textOf(site))) return undefined;
    return {
      title: t('Set {0}={1}', name, value),
      edits: [{ start: site.start, end: site.end, text: value }],
    };
  }

  /** Padding for convolutions that trim the branch by just the difference. */
  private paddingFix(skip: Skip): { line: number; fix?: Fix } | undefined {
    const { branchNodes } = skip;
    const trimming = branchNodes.filter((node) => node.op === 'conv' && trims(node) > 0);
    if (trimming.length === 0 || branchNodes.some(hasStride)) return undefined;
    const total = trimming.reduce((sum, node) => sum + trims(node), 0);
    const [a, b] = [skip.skip.shape, skip.branch.shape];
    const gaps =
      a && b && a.length === b.length
        ? a.flatMap((x, i) => (typeof x === 'number' && x !== b[i] ? [x - Number(b[i])] : []))
        : [];
    if (gaps.length === 0 || gaps.some((gap) => gap !== total)) return undefined;
    const edits = trimming.flatMap((node) => {
      const site = node.made;
      if (!site || node.framework === 'tfjs') return [];
      const value = node.framework === 'keras' ? "'same'" : String(trims(node) / 2);
      return (
        this.keywordFix(site, 'padding', value, node.instance?.layer?.bound?.siteOf('padding'))?.edits ?? []
      );
    });
    const unique = edits.filter((edit, i) => edits.findIndex((other) => other.start === edit.start) === i);
    const value = trimming[0].framework === 'keras' ? "'same'" : String(trims(trimming[0]) / 2);
    const fix = unique.length > 0 ? { title: t('Set {0}={1}', 'padding', value), edits: unique } : undefined;
    return { line: this.lineOf(trimming[0]), fix };
  }
}

function scopeOf(site: Site): Scope {
  return { file: site.file, language: 'python' } as Scope;
}

function withFlag(args: CallArgs, name: string, site: Site): CallArgs {
  return { ...args, keywords: new Map([...args.keywords, [name, { value: TRUE, site }]]) };
}

function hasStride(node: TraceNode): boolean {
  const { stride } = node.attributes;
  return Array.isArray(stride) && stride.some((s) => typeof s === 'number' && s > 1);
}

/** By how much a convolution without padding makes each size smaller; 0 where it does not, or unevenly. */
function trims(node: TraceNode): number {
  const { kernel, padding, dilation } = node.attributes;
  if (
    !Array.isArray(kernel) ||
    (padding !== 'valid' && !(Array.isArray(padding) && padding.every((p) => p === 0)))
  )
    return 0;
  const reach = kernel.map((k, i) => (Array.isArray(dilation) ? Number(dilation[i]) : 1) * (Number(k) - 1));
  return reach.every((r) => r === reach[0] && r % 2 === 0) ? reach[0] : 0;
}
