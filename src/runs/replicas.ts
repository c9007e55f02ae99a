/**
 * Several seeds in one record: every network is there once a seed, under a name of its own, with its own steps and
 * its own tensors in the checkpoints. Here is how those names are made, and which of them belong together. A run
 * from before there were seeds has one of each.
 */
import type { NetworkDescription, RunDescription } from './run';

/** One network from one seed. */
interface Replica {
  readonly seed: number;
  /** Its place in the description, and among the reader's networks. */
  readonly place: number;
  /** As the record names it. */
  readonly name: string;
}

/** A network as a person asked for it. */
export interface ReplicatedNetwork {
  readonly name: string;
  readonly title: string;
  /** In the order of the seeds; at least one. */
  readonly replicas: readonly Replica[];
  /** The first replica's, under the network's own name. */
  readonly description: NetworkDescription;
}

/**
 * What a record describes of each network from each of the seeds; the seeds of one network stand together. Only the
 * first is described in full: the others are the same network, and say no more than a record needs.
 */
export function describeReplicas<T extends Pick<NetworkDescription, 'name' | 'title' | 'vectors'>>(
  networks: readonly T[],
  seeds: readonly number[],
): (T | Pick<NetworkDescription, 'name' | 'title' | 'vectors'>)[] {
  if (seeds.length === 1) return [...networks];
  return networks.flatMap((network) =>
    seeds.map((seed, k) => {
      const { name, title, vectors } = network;
      const own = k === 0 ? network : { title, vectors };
      return { ...own, name: `${name}-seed${seed}`, network: name, seed };
    }),
  );
}

/** The networks of a record, each with its replicas. */
export function replicatedNetworks({
  networks,
  seed: ofRun,
}: Pick<RunDescription, 'networks' | 'seed'>): ReplicatedNetwork[] {
  const found = new Map<string, { description: NetworkDescription; replicas: Replica[] }>();
  for (const [place, own] of networks.entries()) {
    const { seed, network, ...rest } = own;
    const name = typeof network === 'string' ? network : own.name;
    const replica = { seed: typeof seed === 'number' ? seed : ofRun, place, name: own.name };
    const known = found.get(name);
    if (known) known.replicas.push(replica);
    else found.set(name, { description: { ...rest, name } as NetworkDescription, replicas: [replica] });
  }
  return [...found].map(([name, { description, replicas }]) => ({
    name,
    title: description.title,
    replicas,
    description,
  }));
}
