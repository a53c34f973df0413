// One form on its way to the server: whether it is busy, and what is wrong with which field.
import { tick } from 'svelte';

import { Refused, Unanswered, Unreachable } from '../api/errors';
import type { I18n } from '../i18n/index.svelte';
import type { Refusal } from '../offline/outgoing';

/** Why a request failed, as a sentence for a person. */
export function sentence(i18n: I18n, error: unknown): string {
  if (error instanceof Unreachable) return i18n.t.app.unreachable;
  if (error instanceof Unanswered) return i18n.t.app.unanswered;
  if (!(error instanceof Refused)) return i18n.t.app.somethingFailed;
  const { errors = [] } = error.problem;
  if (errors.length === 0) return inWords(i18n, error.problem);
  return errors.map(({ field, detail }) => i18n.t.problems.field(field, detail)).join(' ');
}

/** What the server says, in the person's language where it can be told. */
export function inWords(i18n: I18n, { code, detail, about }: Refusal): string {
  if (code === 'unanswered') return i18n.t.app.unanswered;
  if (code === 'changed') return i18n.t.media.changed;
  if (code === 'unreadable') return i18n.t.timeline.unreadable;
  const ofIts = about && i18n.t.problems.media[about][code];
  return ofIts ?? i18n.t.problems.codes[code] ?? detail;
}

/** A field, and what to say there instead of the server's sentence. */
interface Owner {
  field: string;
  says?: () => string;
}

export class Submission {
  isBusy = $state(false);
  /** What is wrong with the whole. */
  problem = $state<string | null>(null);
  private fields = $state.raw<Readonly<Record<string, string>>>({});

  constructor(
    private readonly i18n: I18n,
    /** Refusals that concern one field, though they do not name it: by the server's code. */
    private readonly owners: Readonly<Record<string, Owner>> = {},
  ) {}

  /** What is wrong with a field. */
  of(field: string): string | undefined {
    return this.fields[field];
  }

  /** Says what is wrong with a field, as known here. */
  refuse(field: string, problem: string): void {
    this.fields = { ...this.fields, [field]: problem };
  }

  /** Runs what the form is for; `true` when it was done. */
  async run(event: SubmitEvent, act: () => Promise<void>): Promise<boolean> {
    event.preventDefault();
    if (this.isBusy) return false;
    const form = event.currentTarget as HTMLFormElement;
    const inputs = [...form.querySelectorAll('input')];
    const missing = inputs.filter((input) => input.required && input.value.trim() === '');
    this.problem = null;
    const { required } = this.i18n.t.problems;
    this.fields = Object.fromEntries(missing.map((input) => [input.name, required]));
    if (missing.length === 0) {
      this.isBusy = true;
      try {
        await act();
        return true;
      } catch (error) {
        this.explain(error, new Set(inputs.map((input) => input.name)));
      } finally {
        this.isBusy = false;
      }
    }
    await tick();
    const wrong = form.querySelector<HTMLInputElement>('[aria-invalid]');
    wrong?.focus({ preventScroll: true });
    // Where there is not space for all, what is wrong is in sight rather than the button.
    const told = wrong?.closest('.field') ?? form.querySelector('[role="alert"]');
    for (const part of [form.querySelector('[type="submit"]'), told]) {
      part?.scrollIntoView({ block: 'nearest' });
    }
    return false;
  }

  /** Puts what the server says where it belongs; what has no field here concerns the whole. */
  private explain(error: unknown, shown: ReadonlySet<string>): void {
    const errors = error instanceof Refused ? (error.problem.errors ?? []) : [];
    const elsewhere: string[] = [];
    for (const { field, detail } of errors) {
      const problem = this.i18n.t.problems.field(field, detail);
      if (shown.has(field)) this.refuse(field, problem);
      else elsewhere.push(problem);
    }
    const owner = error instanceof Refused ? this.owners[error.code] : undefined;
    if (owner) this.refuse(owner.field, owner.says?.() ?? sentence(this.i18n, error));
    else if (errors.length === 0) this.problem = sentence(this.i18n, error);
    else if (elsewhere.length > 0) this.problem = elsewhere.join(' ');
  }
}
