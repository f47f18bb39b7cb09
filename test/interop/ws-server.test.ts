import { testServerPeer } from '../support/peers/server-suite.ts'
import { startWsServer } from '../support/peers/ws-server.ts'

testServerPeer('ws', startWsServer)
