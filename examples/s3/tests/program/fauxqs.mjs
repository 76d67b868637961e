// SPDX-License-Identifier: MIT
// Starts the package fauxqs on 127.0.0.1 alone, on a free port, and ends with standard input.
import { buildApp } from 'fauxqs';

const app = buildApp({ logger: false });
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`endpoint http://127.0.0.1:${app.server.address().port}`);
process.stdin.on('close', () => process.exit(0)).on('end', () => process.exit(0)).resume();
