import { beforeAll } from 'vitest'
import { testServerPeer } from '../support/peers/server-suite.ts'
import { checkPython, startPythonServer } from './support/python.ts'

beforeAll(checkPython)

testServerPeer("Python's websockets", startPythonServer)
