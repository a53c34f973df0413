// What is being written in a room, and what becomes of it: a draft that is kept, a message that is sent, or another
// text for one that was.
import { untrack } from 'svelte';

import type { Message } from '../../api/types';
import type { I18n } from '../../i18n/index.svelte';
import { local } from '../../lib/local';
import type { Content } from '../../offline/outgoing';
import type { Picked } from '../../store/picked.svelte';
import { standsWithoutWords } from '../../store/timeline';
import type { Chat } from '../context';
import { sentence } from '../submission.svelte';
import { Draft } from './draft';
import { cleaned, left } from './text';

/** The message that is being changed, which whoever shows it decides. */
export interface Editing {
  readonly message: Message | null;
  end(): void;
}

export class Writing {
  text = $state('');
  problem = $state<string | null>(null);
  /** What was written is on its way: a change of a message, or what waits for what was picked. */
  isBusy = $state(false);
  readonly remaining = $derived(left(this.text));
  readonly isTooLong = $derived(this.remaining < 0);
  /** What was picked waits while another message is changed. */
  readonly carries = $derived.by(
    () => !this.editing.message && (this.picked.items.length > 0 || this.picked.isMeasuring),
  );
  readonly canSend = $derived.by(() => {
    const { message } = this.editing;
    const needsWords = message ? !standsWithoutWords(message) : !this.carries;
    return !this.isTooLong && !this.isBusy && (cleaned(this.text) !== '' || !needsWords);
  });
  /** What was being written when the person began to change another message. */
  private aside = '';
  private changing: Message | null = null;
  /** The words that wait for what was picked, and those that were sent meanwhile. */
  private waiting: string[] = [];
  private readonly draft: Draft;

  /** For as long as the component that asks stands; what begins here ends in its room. */
  constructor(
    private readonly chat: Pick<Chat, 'drafts' | 'me' | 'realtime' | 'outbox'>,
    private readonly i18n: I18n,
    private readonly room: string,
    private readonly picked: Picked,
    private readonly editing: Editing,
    /** Another text stands in the field: whoever writes goes on after it. */
    private readonly onReplaced: () => void,
  ) {
    const draft = new Draft(chat.drafts, chat.me.id, room, local);
    this.draft = draft;

    draft.load().then(
      (kept) => {
        // Whoever was quicker than the database keeps what they wrote.
        if (this.text === '' && !editing.message) this.text = kept;
      },
      // A database that cannot be read has no draft.
      () => {},
    );

    $effect(() => {
      const hide = () => {
        if (document.visibilityState === 'hidden') draft.flush().catch(() => {});
      };
      const leave = () => draft.putAside();
      document.addEventListener('visibilitychange', hide);
      addEventListener('pagehide', leave);
      return () => {
        document.removeEventListener('visibilitychange', hide);
        removeEventListener('pagehide', leave);
        // After a sign-out there is no database to keep anything in.
        draft.flush().catch(() => {});
      };
    });

    $effect(() => {
      const { message } = editing;
      untrack(() => this.change(message));
    });
  }

  /** The person wrote. */
  changed(): void {
    this.problem = null;
    if (this.editing.message) return;
    this.draft.changed(this.text);
    if (this.text.trim() !== '') this.chat.realtime.typing(this.room);
  }

  async submit(): Promise<void> {
    const ready = cleaned(this.text);
    const { message } = this.editing;
    if (this.isBusy && !message && !this.isTooLong && ready !== '') {
      this.waiting.push(ready);
      this.text = '';
      this.draft.changed(this.written());
      return;
    }
    if (!this.canSend) return;
    if (message) await this.save(message, ready);
    else await this.send(ready);
  }

  /** A message to change takes the place of the draft, which comes back after it. */
  private change(message: Message | null): void {
    if (message === this.changing) return;
    if (this.changing === null) this.aside = this.text;
    this.changing = message;
    this.problem = null;
    this.text = message ? (message.text ?? '') : this.aside;
    this.onReplaced();
  }

  private async send(ready: string): Promise<void> {
    const { chat, draft, picked, room } = this;
    this.text = '';
    chat.realtime.typed(room);
    // Only where there is something to wait for: else it is put aside at once, also where the page goes now.
    if (picked.isMeasuring && !(await this.isAllThere(ready))) return;
    // Put aside as a message first, and only then no draft any more, also where the page goes now.
    const attachments = picked.take();
    const content: Content =
      attachments.length > 0
        ? { kind: 'parcel', text: ready, attachments }
        : { kind: 'text', text: ready };
    const [, ...texts] = this.waiting.splice(0);
    const next = texts.map((following): Content => ({ kind: 'text', text: following }));
    const added = Promise.all([content, ...next].map((one) => chat.outbox.add(room, one)));
    draft.changed(this.written());
    await added;
    await draft.flush().catch(() => {});
  }

  /** Waits for what was picked; answers whether it can be sent with these words, which come back where it cannot. */
  private async isAllThere(ready: string): Promise<boolean> {
    const { picked } = this;
    this.isBusy = true;
    this.waiting = [ready];
    await picked.settled();
    this.isBusy = false;
    const isSomething = ready !== '' || picked.items.length > 0;
    if (picked.troubles.length === 0 && isSomething) return true;
    // What was written since stands after them.
    const back = this.written();
    this.waiting = [];
    if (this.editing.message) this.aside = back;
    else this.text = back;
    this.draft.changed(back);
    return false;
  }

  /** The words that are not sent yet, also while another message is changed. */
  private written(): string {
    const now = this.editing.message ? this.aside : this.text;
    return [...this.waiting, now].filter((part) => part !== '').join('\n');
  }

  private async save(message: Message, ready: string): Promise<void> {
    const { editing } = this;
    if (ready === (message.text ?? '')) {
      editing.end();
      return;
    }
    this.isBusy = true;
    this.problem = null;
    try {
      const frame = { room: this.room, message_id: message.id, text: ready };
      await this.chat.realtime.ask({ type: 'message.edit', ...frame });
      if (editing.message === message) editing.end();
    } catch (error) {
      this.problem = `${this.i18n.t.composer.notSaved} ${sentence(this.i18n, error)}`;
    } finally {
      this.isBusy = false;
    }
  }
}
