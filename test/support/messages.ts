import fc from 'fast-check'
import { Frame } from '../../src/protocol/frame/frame.ts'

const content = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ minLength: 100, maxLength: 140 }),
)

const text: fc.Arbitrary<Uint8Array<ArrayBuffer>> = fc
  .array(fc.constantFrom('a', 'é', '€', '😀', 'z'.repeat(60)), { maxLength: 8 })
  .map((characters) => new TextEncoder().encode(characters.join('')))

const control: fc.Arbitrary<Frame> = fc
  .tuple(fc.constantFrom(Frame.Ping, Frame.Pong), fc.uint8Array({ maxLength: 125 }))
  .map(([Control, payload]) => new Control(payload))

/** The frames of one message, its payload cut anywhere, with Pings and Pongs between them. */
const message: fc.Arbitrary<readonly Frame[]> = fc
  .record({
    isText: fc.boolean(),
    text,
    content,
    at: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    controls: fc.array(fc.option(control, { nil: undefined }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ isText, text, content, at, controls }) => {
    const payload = isText ? text : content
    const marks = at.map((fraction) => Math.round(fraction * payload.length)).sort((a, b) => a - b)
    return [0, ...marks].flatMap((start, i): Frame[] => {
      const data = payload.slice(start, marks[i])
      const fin = i === marks.length
      const fragment = isText ? new Frame.Text(data, fin) : new Frame.Binary(data, fin)
      const between = controls[i]
      return between === undefined ? [fragment] : [between, fragment]
    })
  })

/** Whole messages, each as the frames that carry it: valid UTF-8 in text, cut within characters too. */
export const messages: fc.Arbitrary<readonly (readonly Frame[])[]> = fc.array(message, {
  maxLength: 6,
})
