/** The three samples that the project was given, with what their README says must be found in each. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Analysis, analyze, formatShape, mainModel, quickFixes } from '../../src/source';

const folder = path.resolve(import.meta.dirname, '../../../shared/samples');
const isHere = existsSync(folder);
if (!isHere) console.info('The samples of ../shared are not here: their tests are skipped.');

function read(file: string, input?: string, change: (text: string) => string = (text) => text): Analysis {
  const text = change(readFileSync(path.join(folder, file), 'utf8'));
  return analyze(text, { file, language: 'python', input });
}

describe.skipIf(!isHere)('keras_residual_block.py', () => {
  it('names both shapes and the cause, at the addition, and offers the switch that mends it', () => {
    const { problems } = read('keras_residual_block.py');
    const errors = problems.filter((p) => p.severity === 'error');
    expect(errors).toHaveLength(1);
    const [error] = errors;
    expect([error.line, error.column]).toEqual([26, 9]);
    for (const part of ['(None, 56, 56, 64)', '(None, 112, 112, 64)', 'strides=2', 'use_projection=False'])
      expect(error.message).toContain(part);
    expect(quickFixes(error).map((fix) => fix.title)).toEqual(['Set use_projection=True']);
  });

  it('builds once the fix is applied, and is warned of what is left', () => {
    const [fix] = quickFixes(read('keras_residual_block.py').problems.find((p) => p.severity === 'error')!);
    const { models, problems } = read('keras_residual_block.py', undefined, (text) =>
      fix.edits.reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text),
    );
    expect(problems.filter((p) => p.severity === 'error')).toEqual([]);
    expect(problems.filter((p) => p.severity === 'warning').map((p) => [p.line, p.code])).toEqual([
      [17, 'shape/collapsed'],
      [49, 'layer/dense-on-image'],
    ]);
    const sizes = models[0].layers
      .filter((layer) => layer.skip || layer.scope.endsWith('/conv'))
      .map((layer) => layer.outputShape?.[1]);
    expect(sizes).toEqual([112, 56, 28, 14, 7, 4, 2, ...new Array(14).fill(1)]);
  });
});

describe.skipIf(!isHere)('keras_sequential.py', () => {
  it('knows no size until one is given, and asks for it', () => {
    const { models, problems } = read('keras_sequential.py');
    expect(models[0].inputSource).toBe('missing');
    expect(models[0].parameters).toBeNull();
    expect(problems.map((p) => [p.line, p.code, p.severity])).toEqual([
      [5, 'shape/input-missing', 'information'],
    ]);
    expect(quickFixes(problems[0]).map((fix) => fix.action)).toEqual(['setInputShape']);
  });

  it('has the shapes and counts of the README with 180x180x3', () => {
    const [model] = read('keras_sequential.py', '180x180x3').models;
    expect(model.layers.map((layer) => [layer.line, formatShape(layer.outputShape, 'keras')])).toEqual([
      [6, '(None, 180, 180, 3)'],
      [7, '(None, 178, 178, 32)'],
      [8, '(None, 89, 89, 32)'],
      [9, '(None, 87, 87, 32)'],
      [10, '(None, 43, 43, 32)'],
      [11, '(None, 41, 41, 32)'],
      [12, '(None, 20, 20, 32)'],
      [13, '(None, 12800)'],
      [14, '(None, 128)'],
      [15, '(None, 10)'],
    ]);
    expect(model.layers.map((layer) => layer.parameters?.trainable).filter((n) => n)).toEqual([
      896, 9248, 9248, 1_638_528, 1290,
    ]);
    expect(model.parameters).toEqual({ trainable: 1_659_210, nonTrainable: 0 });
  });

  it('takes the size from a comment too', () => {
    const [model] = read(
      'keras_sequential.py',
      undefined,
      (text) => `# skiplens: input = 180x180x3\n${text}`,
    ).models;
    expect([model.inputSource, model.parameters?.trainable]).toEqual(['comment', 1_659_210]);
  });
});

describe.skipIf(!isHere)('d2l_resnet18.py', () => {
  it('has nothing wrong', () => {
    expect(read('d2l_resnet18.py').problems).toEqual([]);
  });

  it('knows Y.shape and what the loop prints', () => {
    const analysis = read('d2l_resnet18.py');
    const shapesOf = (name: string, line: number) => {
      const lines = readFileSync(path.join(folder, 'd2l_resnet18.py'), 'utf8').split('\n');
      const start = lines.slice(0, line - 1).join('\n').length + 1 + lines[line - 1].indexOf(name);
      const mention = analysis.mentions.find((m) => m.start === start);
      return mention?.values.map((v) => (v.kind === 'tensor' ? formatShape(v.shape, 'pytorch') : v.kind));
    };
    expect(shapesOf('Y', 35)).toEqual(['[4, 6, 3, 3]']);
    expect(shapesOf('X.shape', 64)).toEqual([
      '[1, 64, 56, 56]',
      '[1, 64, 56, 56]',
      '[1, 128, 28, 28]',
      '[1, 256, 14, 14]',
      '[1, 512, 7, 7]',
      '[1, 512, 1, 1]',
      '[1, 512]',
      '[1, 10]',
    ]);
  });

  it('counts the network', () => {
    const net = mainModel(read('d2l_resnet18.py'));
    expect([net?.name, net?.line, net?.parameters?.trainable]).toEqual(['net', 57, 11_178_378]);
    expect(net?.layers.filter((layer) => layer.skip).map((layer) => layer.skip?.kind)).toEqual([
      'identity',
      'identity',
      'projection',
      'identity',
      'projection',
      'identity',
      'projection',
      'identity',
    ]);
  });
});
