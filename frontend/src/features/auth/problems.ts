// What went wrong with a form: a sentence for each field, and one for the whole.
import { Refused } from '../../api/errors';
import type { Catalogue } from '../../i18n/en';

export interface FormProblems {
  fields: Record<string, string>;
  form: string | null;
}

export const NO_PROBLEMS: FormProblems = { fields: {}, form: null };

/** From whatever a request threw. */
export function problemsOf(error: unknown, t: Catalogue): FormProblems {
  if (!(error instanceof Refused)) return { fields: {}, form: t.app.unreachable };
  const errors = error.problem.errors ?? [];
  if (errors.length === 0) return { fields: {}, form: error.problem.detail };
  return { fields: Object.fromEntries(errors.map((e) => [e.field, e.detail])), form: null };
}
