/** What stands above a model: its name and size, and what can be done with it. */
import { t } from '../../base/localize';
import { type Analysis, type Model, modelTitle } from '../models/analysis';
import { formatShort } from '../values/format';

export interface CodeLens {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly title: string;
  /** Absent for the line that only says what the model is. */
  readonly action?: 'inspect' | 'train' | 'setInputShape';
  readonly model: string;
}

export function codeLenses(analysis: Analysis): CodeLens[] {
  return analysis.models.flatMap((model) => {
    const at = { line: model.line, start: model.start, end: model.end, model: model.name };
    return [
      { ...at, title: titleOf(model) },
      { ...at, title: t('Inspect'), action: 'inspect' as const },
      { ...at, title: t('Train'), action: 'train' as const },
      {
        ...at,
        title: model.inputSource === 'missing' ? t('Set input shape') : t('Change input shape'),
        action: 'setInputShape' as const,
      },
    ];
  });
}

function titleOf(model: Model): string {
  if (!model.parameters)
    return t('{0} · parameters not known · {1} layers', modelTitle(model), model.layers.length);
  const total = model.parameters.trainable + model.parameters.nonTrainable;
  return t('{0} · {1} parameters · {2} layers', modelTitle(model), formatShort(total), model.layers.length);
}
