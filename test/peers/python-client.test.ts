import { beforeAll } from 'vitest'
import { testClientPeer, testFrames } from '../support/peers/client-suite.ts'
import { checkPython, pythonClient } from './support/python.ts'

beforeAll(checkPython)

testClientPeer(pythonClient)
testFrames(pythonClient)
