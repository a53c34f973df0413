// The pictures of the documentation: npm run screenshots.
import journeys from './playwright.config';

export default {
  ...journeys,
  testDir: 'tests/pictures',
  retries: 0,
  projects: (journeys.projects ?? []).map(({ name, use }) => ({ name, use })),
};
