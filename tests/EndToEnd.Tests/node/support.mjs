// What every test file needs: clients pointed at the gateway, marked so that the upstream can be asked what reached it.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';

export const baseURL = required('AIGATEWAY_BASE_URL');
const health = new URL('/health', baseURL);
const upstreamURL = process.env.UPSTREAM_URL;

/** The two providers: one speaks chat, the other only the Responses API. */
export const kinds = ['chat', 'native'];

export const text = 'Hello from the model.';
export const results = 'I hear: get_weather({"city":"Paris"}) and get_time({"zone":"Europe/Paris"}).';

export const user = (content) => [{ role: 'user', content }];

const schemas = {
  get_weather: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  get_time: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'], additionalProperties: false },
};

export const chatTools = Object.entries(schemas).map(([name, parameters]) => ({ type: 'function', function: { name, parameters } }));
export const responseTools = Object.entries(schemas).map(([name, parameters]) => ({ type: 'function', name, parameters, strict: true }));

/** A client of its own, with a mark of its own. */
export function connect(options = {}) {
  const mark = randomUUID();
  const client = new OpenAI({
    apiKey: 'sk-of-the-client',
    baseURL,
    maxRetries: 0,
    timeout: 20_000,
    defaultHeaders: { 'X-Client-Request-Id': mark },
    ...options,
  });
  return { client, mark };
}

/** The calls with this mark that reached the upstream. */
export const received = async (mark) => (await fetch(`${upstreamURL}/observed/${mark}`)).json();

/** Waits until a call with this mark has reached the upstream. */
export const arrived = (mark) => observed(mark, 'arrived', AbortSignal.timeout(30_000));

/** Lets the answer to a marked call go on that the model `*-held` holds back. */
export const go = (mark) => observed(mark, 'go', AbortSignal.timeout(30_000));

/**
 * Waits until the gateway has ended the marked call; one second is what it may take. It is counted in turns of ten milliseconds that the gateway takes too:
 * where the machine stands still, the second does.
 */
export async function aborted(mark) {
  const late = new AbortController();
  let isOver = false;
  const over = observed(mark, 'aborted', late.signal).finally(() => (isOver = true));
  for (let turn = 0; turn < 100 && !isOver; turn++) {
    await Promise.race([over, delay(10).then(() => fetch(health)).then((answer) => answer.text())]);
  }
  if (!isOver) late.abort(new Error('The gateway did not end the call within a second.'));
  await over;
}

export async function collect(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function observed(mark, what, signal) {
  const response = await fetch(`${upstreamURL}/observed/${mark}/${what}`, { signal });
  if (!response.ok) throw new Error(`${what}: ${response.status}`);
  await response.text();
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; these tests are started by tests/EndToEnd.Tests.`);
  return value;
}
