/** `skiplens export`: a network with its weights as ONNX or as a TensorFlow.js model. */
import path from 'node:path';
import { type Command, Option } from 'commander';
import { t } from '../../base/localize';
import type { ExportRequest } from '../../protocol/trainer';
import { chooseNetwork } from '../../workspace/chooseNetwork';
import { collect, readInputShape, readPairs, startTrainer } from '../context';

interface ExportFlags {
  format: ExportRequest['format'];
  weights?: string;
  option?: string[];
  input?: string;
  seed: string;
  output?: string;
}

export function addExport(program: Command): void {
  program
    .command('export <network>')
    .description(
      'write a network with its weights for other programs (weights of a run: skiplens runs export)',
    )
    .addOption(new Option('--format <format>', 'what to write').choices(['onnx', 'tfjs']).default('onnx'))
    .option('--weights <file.safetensors>', 'every parameter by its name; freshly drawn where not given')
    .option('--option <name=value>', 'an option of the network; may be repeated', collect)
    .option('--input <CxHxW>', 'input shape')
    .option('--seed <n>', 'for weights that are not given', '1')
    .option('-o, --output <file>', 'the .onnx file, or the folder of the TensorFlow.js model')
    .action(async (name: string, { format, weights, option, input, seed, output }: ExportFlags) => {
      const settings = {
        network: name,
        options: readPairs('--option', option),
        input: readInputShape(input),
      };
      const network = chooseNetwork(settings);
      const client = await startTrainer();
      try {
        const { files } = await client.request('network/export', {
          network: settings,
          format,
          weights,
          seed: Number(seed),
          output: path.resolve(output ?? (format === 'onnx' ? `${network.name}.onnx` : network.name)),
        });
        for (const file of files) process.stderr.write(`${t('Wrote {0}.', file)}\n`);
      } finally {
        await client.close();
      }
    });
}
