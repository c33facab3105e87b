/**
 * What the bundle takes of undici: agents and their connector. Left out are fetch, WebSocket, caches and mocks, whose
 * loading costs megabytes. The package's own index does the same assignment.
 */
'use strict';

const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

Object.assign(Dispatcher.prototype, { request: require('undici/lib/api/api-request.js') });

module.exports.Agent = require('undici/lib/dispatcher/agent.js');
module.exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
module.exports.EnvHttpProxyAgent = require('undici/lib/dispatcher/env-http-proxy-agent.js');
module.exports.buildConnector = require('undici/lib/core/connect.js');
