/** The text after `--data`: `drawn`, `cifar10:FOLDER`. The first colon parts id and argument; a path may hold more. */
export interface DataSpec {
  readonly id: string;
  readonly argument: string | undefined;
}

/** Parts the text; whether the id exists and wants an argument is `datasetOf`'s business. */
export function parseDataSpec(text: string): DataSpec {
  const colon = text.indexOf(':');
  if (colon < 0) return { id: text.trim(), argument: undefined };
  const argument = text.slice(colon + 1);
  return { id: text.slice(0, colon).trim(), argument: argument === '' ? undefined : argument };
}

export function formatDataSpec({ id, argument }: DataSpec): string {
  return argument === undefined ? id : `${id}:${argument}`;
}
