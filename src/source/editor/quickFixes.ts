/** Edits that mend a problem, and actions where no edit can. */
import { t } from '../../base/localize';
import type { Analysis, Problem } from '../models/analysis';

export interface QuickFix {
  readonly title: string;
  /** Offsets into the text that was analysed. */
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  readonly action?: 'setInputShape';
  readonly model?: string;
}

export function quickFixes(problem: Problem, analysis?: Analysis): QuickFix[] {
  const fixes: QuickFix[] = problem.fix ? [{ title: problem.fix.title, edits: problem.fix.edits }] : [];
  if (problem.code === 'shape/input-missing') {
    const model = analysis?.models.find(({ start }) => start === problem.start)?.name;
    fixes.push({ title: t('Set the input shape…'), edits: [], action: 'setInputShape', model });
  }
  return fixes;
}
