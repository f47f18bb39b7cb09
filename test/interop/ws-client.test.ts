import { testClientPeer, testFrames } from '../support/peers/client-suite.ts'
import { wsClient } from '../support/peers/ws-client.ts'

testClientPeer(wsClient)
testFrames(wsClient)
