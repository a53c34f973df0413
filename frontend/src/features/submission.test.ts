import { describe, expect, it } from 'vitest';

import { bn } from '../i18n/bn';
import { I18n } from '../i18n/index.svelte';
import { inWords } from './submission.svelte';

const english = new I18n();
const bengali = new I18n();
bengali.t = bn;

describe('why something that was sent is refused', () => {
  const detail = 'The field `file` must be a picture.';

  it('is said of what it was to be, in every language', () => {
    const kinds = ['image', 'audio'] as const;
    const said = [english, bengali].flatMap((i18n) =>
      kinds.flatMap((about) =>
        (['invalid_input', 'too_large'] as const).map((code) =>
          inWords(i18n, { code, detail, about }),
        ),
      ),
    );
    expect(new Set(said).size).toBe(8);
    expect(said).not.toContain(detail);
    expect(said).not.toContain(bn.problems.codes.invalid_input);
  });

  it('is else what the server says, or what is known of its code', () => {
    const refusal = { code: 'quota_exceeded', detail: 'You have enough.', about: 'file' } as const;
    expect(inWords(english, refusal)).toBe('You have enough.');
    expect(inWords(bengali, refusal)).toBe(bn.problems.codes.quota_exceeded);
    expect(inWords(english, { ...refusal, code: 'changed' })).toBe(english.t.media.changed);
  });
});
