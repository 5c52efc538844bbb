// What the client's stream helper accumulates, held against the deltas and against the last event.
import assert from 'node:assert/strict';
import { connect, responseTools } from './support.mjs';

export async function accumulates(model) {
  const { client } = connect();
  const stream = client.responses.stream({ model, input: 'Hi', tools: responseTools, include: ['message.output_text.logprobs'], top_logprobs: 1 });
  const events = [];
  for await (const event of stream) events.push(event);
  const final = await stream.finalResponse();

  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
  assert.deepEqual(final.output.map(withoutParsed), events.at(-1).response.output.map(withoutParsed));
  assert.deepEqual(streamed(events), whole(final.output));
  assert.deepEqual(events.map((e) => e.sequence_number), events.map((_, index) => index));
}

/** Texts and arguments as the deltas give them, by output and content index. */
function streamed(events) {
  const texts = {};
  for (const event of events) {
    if (!event.type.endsWith('.delta') || event.type.includes('summary')) continue;
    const key = `${event.output_index}/${event.content_index ?? 0}`;
    texts[key] = (texts[key] ?? '') + event.delta;
  }
  return texts;
}

function whole(output) {
  const texts = {};
  output.forEach((item, outputIndex) => {
    if (item.type === 'function_call') texts[`${outputIndex}/0`] = item.arguments;
    (item.content ?? []).forEach((part, contentIndex) => (texts[`${outputIndex}/${contentIndex}`] = part.text ?? part.refusal));
  });
  return texts;
}

function withoutParsed({ parsed_arguments, ...item }) {
  return item.content ? { ...item, content: item.content.map(({ parsed, ...part }) => part) } : item;
}
