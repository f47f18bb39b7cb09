import { testClientPeer } from '../support/peers/client-suite.ts'
import { undiciClient } from '../support/peers/undici-client.ts'

testClientPeer(undiciClient)
