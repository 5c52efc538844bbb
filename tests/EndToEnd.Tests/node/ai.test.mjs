// Vercel's AI SDK: checks every chunk and event against schemas of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import { baseURL, kinds, results, text } from './support.mjs';

const openai = createOpenAI({ baseURL, apiKey: 'sk-of-the-client' });
const apis = { chat: openai.chat, responses: openai.responses };
const tools = {
  get_weather: tool({ inputSchema: z.object({ city: z.string() }), execute: (input) => `get_weather(${JSON.stringify(input)})` }),
  get_time: tool({ inputSchema: z.object({ zone: z.string() }), execute: (input) => `get_time(${JSON.stringify(input)})` }),
};

for (const kind of kinds) {
  for (const [name, api] of Object.entries(apis)) {
    test(`${kind} by ${name}: generateText`, async () => {
      const result = await generateText({ model: api(`${kind}-text`), prompt: 'Hi', maxRetries: 0 });

      assert.equal(result.text, text);
      assert.equal(result.finishReason, 'stop');
      assert.equal(result.usage.totalTokens, 17);
    });

    test(`${kind} by ${name}: streamText`, async () => {
      const errors = [];
      const result = streamText({ model: api(`${kind}-text`), prompt: 'Hi', maxRetries: 0, onError: ({ error }) => errors.push(error) });
      const pieces = [];
      for await (const piece of result.textStream) pieces.push(piece);

      assert.deepEqual(errors, []);
      assert.equal(pieces.join(''), text);
      assert.equal(await result.finishReason, 'stop');
      assert.equal((await result.usage).totalTokens, 17);
    });

    test(`${kind} by ${name}: streamText goes round with tools`, async () => {
      const errors = [];
      const result = streamText({
        model: api(`${kind}-tools`),
        prompt: 'Weather and time?',
        tools,
        stopWhen: stepCountIs(3),
        maxRetries: 0,
        onError: ({ error }) => errors.push(error),
      });
      await result.consumeStream();

      assert.deepEqual(errors, []);
      assert.equal(await result.text, results);
      assert.equal((await result.steps).length, 2);
    });
  }
}
