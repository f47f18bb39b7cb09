import { testPagePeer } from './support/page-peer.ts'

testPagePeer('Chromium')
