/** What a stretch of an analysis leaves in the machine's lists, so that it can be left there again without running it. */
import type { FunctionForm, Span } from '../reading/form';
import type { CallArgs } from '../recipes/recipe';
import type { TraceNode } from '../values/trace';
import type { InstanceValue, Site } from '../values/values';
import { type Machine, MOST_NODES, type OuterCall, type RawProblem, type UnknownCall } from './machine';
import type { Mentions } from './mentionLog';

/** How long the lists were, and what was set aside. */
export interface Marks {
  readonly steps: number;
  readonly nodes: number;
  readonly instances: number;
  readonly calls: number;
  readonly namedInputs: number;
  readonly losses: number;
  readonly unknownCalls: number;
  readonly called: Set<FunctionForm>;
}

export interface Trail {
  readonly steps: number;
  readonly nodes: readonly TraceNode[];
  readonly rules: readonly (readonly [TraceNode, Parameters<Machine['rules']['set']>[1]])[];
  readonly instances: readonly InstanceValue[];
  readonly inner: readonly InstanceValue[];
  readonly makings: readonly (readonly [InstanceValue, { args: CallArgs; site: Site }])[];
  /** Nodes are counted from the first of the stretch. */
  readonly calls: readonly OuterCall[];
  readonly unknownCalls: readonly UnknownCall[];
  readonly namedInputs: Machine['namedInputs'];
  readonly losses: Machine['losses'];
  readonly called: ReadonlySet<FunctionForm>;
  readonly mentions: Mentions;
  readonly problems: readonly RawProblem[];
  /** What was evaluated last: where an analysis that is stopped next says that it stopped. */
  readonly current: Span;
}

/** Begins a stretch. */
export function marksOf(machine: Machine): Marks {
  const { called } = machine;
  machine.called = new Set();
  machine.mentions.part();
  return {
    steps: machine.steps,
    nodes: machine.nodes.length,
    instances: machine.instances.length,
    calls: machine.calls.length,
    namedInputs: machine.namedInputs.length,
    losses: machine.losses.length,
    unknownCalls: machine.unknownCalls.length,
    called,
  };
}

/** Ends one that did not come to its end. */
export function abandon(machine: Machine, marks: Marks): void {
  for (const form of machine.called) marks.called.add(form);
  machine.called = marks.called;
}

/** Ends it, and says what it left. */
export function trailSince(machine: Machine, marks: Marks, problems: readonly RawProblem[]): Trail {
  const { called } = machine;
  abandon(machine, marks);
  const mentions = machine.mentions.last;
  machine.mentions.part();
  const nodes = machine.nodes.slice(marks.nodes);
  const instances = machine.instances.slice(marks.instances);
  return {
    steps: machine.steps - marks.steps,
    nodes,
    rules: nodes.flatMap((node) => {
      const rule = machine.rules.get(node);
      return rule ? [[node, rule] as const] : [];
    }),
    instances,
    inner: instances.filter((instance) => machine.inner.has(instance)),
    makings: instances.flatMap((instance) => {
      const making = machine.makings.get(instance);
      return making ? [[instance, making] as const] : [];
    }),
    calls: machine.calls.slice(marks.calls).map((call) => later(call, -marks.nodes)),
    unknownCalls: machine.unknownCalls
      .slice(marks.unknownCalls)
      .map((call) => ({ ...call, node: call.node - marks.nodes })),
    namedInputs: machine.namedInputs.slice(marks.namedInputs),
    losses: machine.losses.slice(marks.losses),
    called,
    mentions,
    problems,
    current: machine.current,
  };
}

/** Whether there is room for it in the budgets of this analysis. */
export function fits(machine: Machine, { steps, nodes, mentions }: Trail): boolean {
  return (
    machine.steps + steps < machine.limits.steps &&
    machine.nodes.length + nodes.length < MOST_NODES &&
    machine.mentions.hasRoom(mentions.spans.length)
  );
}

/** Leaves the same again. */
export function follow(machine: Machine, trail: Trail): void {
  const first = machine.nodes.length;
  for (const node of trail.nodes) machine.nodes.push(node);
  for (const [node, rule] of trail.rules) machine.rules.set(node, rule);
  for (const instance of trail.instances) machine.instances.push(instance);
  for (const instance of trail.inner) machine.inner.add(instance);
  for (const [instance, making] of trail.makings) machine.makings.set(instance, making);
  for (const call of trail.calls) machine.calls.push(later(call, first));
  for (const call of trail.unknownCalls) machine.unknownCalls.push({ ...call, node: call.node + first });
  machine.namedInputs.push(...trail.namedInputs);
  machine.losses.push(...trail.losses);
  for (const form of trail.called) machine.called.add(form);
  machine.mentions.again(trail.mentions);
  for (const problem of trail.problems) machine.sayAgain(problem);
  machine.current = trail.current;
  machine.tick(trail.steps);
}

function later(call: OuterCall, by: number): OuterCall {
  return { ...call, firstNode: call.firstNode + by, lastNode: call.lastNode + by };
}
