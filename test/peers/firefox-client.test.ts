import { testPagePeer } from './support/page-peer.ts'

testPagePeer('Firefox')
