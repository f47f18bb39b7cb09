import type { Member } from './member.ts'
import { SessionMember } from './session-member.ts'
import { SocketMember } from './socket-member.ts'
import type { Subscriber } from './subscriber.ts'

/** Those who have ever subscribed to a topic, and live. */
const MEMBERS = new WeakMap<Subscriber, Member>()

/** The member that the subscriber is already, if it is. */
export function knownMember(subscriber: Subscriber): Member | undefined {
  return MEMBERS.get(subscriber)
}

export function memberOf(subscriber: Subscriber): Member {
  const known = MEMBERS.get(subscriber)
  if (known !== undefined) return known
  const member = 'link' in subscriber ? new SocketMember(subscriber) : new SessionMember(subscriber)
  MEMBERS.set(subscriber, member)
  return member
}
