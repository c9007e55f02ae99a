/**
 * The JSON schema of `*.skiplens.json` files, written from the tables that read them: settings, families of
 * networks, data sets. It offers completions and explains; what depends on the network that is named (its own
 * options, depths, classes) is checked by `settingsFile/checkSettings.ts` and shown as diagnostics.
 */
import type { OptionSpec, OptionSpecs } from '../../base/options';
import { datasets } from '../../datasets';
import { dataOptionSpecs } from '../../datasets/dataOptions';
import type { DatasetSource } from '../../datasets/dataset';
import { families } from '../../networks';
import type { Family } from '../../networks/network';
import { settingSpecs } from '../../protocol/settings';

type Schema = { readonly [key: string]: unknown };

/** Options of rooms that the host has no door to; the script that writes the schema hands them in. */
export interface TrainingOptions {
  readonly optimizers: readonly OptionSpecs[];
  readonly schedules: readonly OptionSpecs[];
}

/** The schema as `media/settings.schema.json` holds it. */
export function settingsSchema({ optimizers, schedules }: TrainingOptions): Schema {
  const known = Object.values<Family>(families);
  const training: Record<string, Schema> = {};
  for (const [name, spec] of Object.entries(settingSpecs)) training[name] = schemaOf(spec);
  const dataExamples = Object.values<DatasetSource>(datasets).flatMap((d) => [
    ...(d.argument === 'folder' ? [] : [d.id]),
    ...(d.argument === 'none' ? [] : [`${d.id}:FOLDER`]),
  ]);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Skiplens run settings',
    description: 'All that a training run of Skiplens is made of. The same file gives the same run.',
    type: 'object',
    additionalProperties: false,
    required: ['networks', 'data'],
    defaultSnippets: [
      {
        label: 'ResNet-20 and its plain twin',
        body: {
          networks: [{ network: 'resnet20' }, { network: 'plain20' }],
          data: 'drawn',
          device: 'auto',
          steps: 200,
        },
      },
    ],
    properties: {
      $schema: { type: 'string' },
      networks: {
        description: 'The networks that are trained side by side on the same batches.',
        type: 'array',
        minItems: 1,
        maxItems: 4,
        items: networkSchema(known),
      },
      data: {
        description: 'The data set, with its folder behind a colon where it needs one.',
        type: 'string',
        examples: dataExamples,
      },
      dataOptions: optionsSchema('How the data is cut and resized.', [dataOptionSpecs]),
      device: {
        description: 'A device as "Skiplens: Show Devices" lists it, or auto.',
        type: 'string',
        examples: ['auto', 'cpu'],
      },
      ...training,
      optimizerOptions: optionsSchema('Options of the optimizer.', optimizers),
      scheduleOptions: optionsSchema('Options of the schedule.', schedules),
    },
  };
}

/** A name, or an object with a name and more. */
function networkSchema(known: readonly Family[]): Schema {
  const names = [...new Set(known.flatMap((f) => f.examples))];
  return { anyOf: [{ type: 'string', minLength: 1, examples: names }, fullNetworkSchema(known, names)] };
}

function fullNetworkSchema(known: readonly Family[], names: readonly string[]): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['network'],
    defaultSnippets: [{ label: 'A network', body: { network: '$1' } }],
    properties: {
      network: {
        description: `A network's name: ${known.flatMap((f) => f.names).join('; ')}; or a model of a source file, FILE.py#Model.`,
        type: 'string',
        minLength: 1,
        examples: names,
      },
      options: optionsSchema(
        'Options of the network.',
        known.map((f) => f.options),
      ),
      input: {
        description: 'The input as channels, height, width.',
        type: 'array',
        minItems: 3,
        maxItems: 3,
        items: { type: 'integer', minimum: 1 },
        default: [3, 32, 32],
      },
      weights: {
        description:
          'A safetensors file to start from, every parameter by its name. Left out, weights are drawn from the seed.',
        type: 'string',
        minLength: 1,
      },
      plain: {
        description: 'The plain twin: the same network without its skips.',
        type: 'boolean',
        default: false,
      },
    },
  };
}

/** One object for several tables: a name that means different things takes any of them. */
function optionsSchema(description: string, tables: readonly OptionSpecs[]): Schema {
  const meanings = new Map<string, Map<string, Schema>>();
  for (const table of tables)
    for (const [name, spec] of Object.entries(table)) {
      const schema = schemaOf(spec);
      const own = meanings.get(name) ?? new Map<string, Schema>();
      own.set(JSON.stringify(schema), schema);
      meanings.set(name, own);
    }
  const properties: Record<string, Schema> = {};
  for (const [name, own] of meanings) {
    const schemas = [...own.values()];
    properties[name] = schemas.length === 1 ? schemas[0] : { anyOf: schemas };
  }
  return { description, type: 'object', additionalProperties: false, properties };
}

function schemaOf(spec: OptionSpec): Schema {
  const common = { description: spec.summary, default: spec.default };
  switch (spec.kind) {
    case 'integer':
      return { ...common, type: 'integer', minimum: spec.min, maximum: spec.max };
    case 'number':
      return { ...common, type: 'number', minimum: spec.min, maximum: spec.max };
    case 'choice':
      return { ...common, type: 'string', enum: spec.values };
    case 'flag':
      return { ...common, type: 'boolean' };
  }
}
