import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { accumulates } from './accumulation.mjs';
import { collect, connect, kinds, received, responseTools, results, text } from './support.mjs';

const person = z.object({ name: z.string(), age: z.number().int() });

for (const kind of kinds) {
  test(`${kind}: answers`, async () => {
    const { client } = connect();
    const response = await client.responses.create({ model: `${kind}-text`, input: 'Hi', instructions: 'Be kind.', metadata: { purpose: 'test' } });

    assert.equal(response.object, 'response');
    assert.equal(response.status, 'completed');
    assert.equal(response.model, `${kind}-text`);
    assert.match(response.id, /^resp_/);
    assert.equal(response.output_text, text);
    assert.equal(response.instructions, 'Be kind.');
    assert.deepEqual(response.metadata, { purpose: 'test' });
    assert.deepEqual(response.usage, {
      input_tokens: 12,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 17,
    });
  });

  test(`${kind}: streams its events in order`, async () => {
    const { client } = connect();
    const events = await collect(await client.responses.create({ model: `${kind}-text`, input: 'Hi', stream: true }));

    assert.deepEqual(
      events.map((e) => e.type),
      [
        'response.created',
        'response.in_progress',
        'response.output_item.added',
        'response.content_part.added',
        ...Array(4).fill('response.output_text.delta'),
        'response.output_text.done',
        'response.content_part.done',
        'response.output_item.done',
        'response.completed',
      ],
    );
    assert.deepEqual(events.map((e) => e.sequence_number), events.map((_, index) => index));
  });

  for (const scenario of ['text', 'tools', 'refusing', 'likely']) {
    test(`${kind}: the stream helper accumulates what the last event says (${scenario})`, () => accumulates(`${kind}-${scenario}`));
  }

  test(`${kind}: the stream helper gives snapshots with each delta`, async () => {
    const { client } = connect();
    const snapshots = [];
    await client.responses
      .stream({ model: `${kind}-text`, input: 'Hi' })
      .on('response.output_text.delta', (event) => snapshots.push(event.snapshot))
      .finalResponse();

    assert.deepEqual(snapshots, ['Hello', 'Hello from', 'Hello from the', text]);
  });

  test(`${kind}: parallel calls and their results, over the previous response`, async () => {
    const { client, mark } = connect();
    const model = `${kind}-tools`;
    const called = await client.responses.create({ model, input: 'Weather and time?', tools: responseTools });
    const calls = called.output.filter((item) => item.type === 'function_call');
    const told = await client.responses.create({ model, tools: responseTools, previous_response_id: called.id, input: calls.map(result) });

    assert.deepEqual(calls.map((c) => [c.call_id, c.name, c.status]), [
      ['call_weather', 'get_weather', 'completed'],
      ['call_clock', 'get_time', 'completed'],
    ]);
    assert.equal(told.output_text, results);
    assert.equal(told.previous_response_id, called.id);
    assert.equal((await received(mark)).length, 2);
  });

  test(`${kind}: streamed calls and their results, in the input`, async () => {
    const { client } = connect();
    const model = `${kind}-tools`;
    const question = { role: 'user', content: 'Weather and time?' };
    const called = await client.responses.stream({ model, input: [question], tools: responseTools }).finalResponse();
    const calls = called.output.filter((item) => item.type === 'function_call').map(({ parsed_arguments, ...call }) => call);
    const told = await client.responses.stream({ model, input: [question, ...calls, ...calls.map(result)], tools: responseTools }).finalResponse();

    assert.equal(told.output_text, results);
  });

  test(`${kind}: structured output is parsed`, async () => {
    const { client } = connect();
    const request = { model: `${kind}-person`, input: 'Who?', text: { format: zodTextFormat(person, 'person') } };
    const whole = await client.responses.parse(request);
    const streamed = await client.responses.stream(request).finalResponse();

    assert.deepEqual(whole.output_parsed, { name: 'Ada', age: 36 });
    assert.deepEqual(streamed.output_parsed, { name: 'Ada', age: 36 });
    assert.equal(whole.text.format.name, 'person');
  });

  test(`${kind}: reasoning is an item before the message`, async () => {
    const { client } = connect();
    const response = await client.responses.create({ model: `${kind}-thinking`, input: '2+2?' });

    assert.deepEqual(response.output.map((item) => item.type), ['reasoning', 'message']);
    assert.deepEqual(response.output[0].content, [{ type: 'reasoning_text', text: 'Two and two make four.' }]);
    assert.equal(response.usage.output_tokens_details.reasoning_tokens, 4);
  });

  test(`${kind}: raw reasoning is streamed under the names of Open Responses`, async () => {
    const { client } = connect();
    const events = await collect(await client.responses.create({ model: `${kind}-thinking`, input: '2+2?', stream: true }));

    const deltas = events.filter((e) => e.type === 'response.reasoning.delta').map((e) => e.delta);
    assert.equal(deltas.join(''), 'Two and two make four.');
    assert.equal(events.find((e) => e.type === 'response.reasoning.done').text, 'Two and two make four.');
    assert.equal(events.at(-1).type, 'response.completed');
  });

  test(`${kind}: an answer cut at the limit is incomplete`, async () => {
    const { client } = connect();
    const response = await client.responses.stream({ model: `${kind}-wordy`, input: 'Tell' }).finalResponse();

    assert.equal(response.status, 'incomplete');
    assert.deepEqual(response.incomplete_details, { reason: 'max_output_tokens' });
    assert.equal(response.output_text, 'Once upon a');
  });

  test(`${kind}: allowed_tools is enforced or passed on`, async () => {
    const { client } = connect();
    const tool_choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'get_weather' }] };
    const response = await client.responses.create({ model: `${kind}-tool`, input: 'Weather?', tools: responseTools, tool_choice });

    assert.deepEqual(response.tool_choice, tool_choice);
    assert.deepEqual(response.output.map((item) => item.name), ['get_weather']);
  });
}

function result({ call_id, name, arguments: args }) {
  return { type: 'function_call_output', call_id, output: `${name}(${args})` };
}
