// SPDX-License-Identifier: MIT
// faulty_proxy.mjs ENDPOINT FAULT: passes requests on, on a free port of 127.0.0.1, but the third message that is published
// is refused and so are those after it ("deny"), or alone it is taken and forgotten ("lose"). Ends with standard input.
import http from 'node:http';

const [endpoint, fault] = process.argv.slice(2);
const target = new URL(endpoint);
let published = 0;

const answer = (response, status, body) => response.writeHead(status, { 'content-length': body.length }).end(body);

function passOn(request, response, body) {
    const { method, url: path, headers } = request;
    const forward = http.request({ host: target.hostname, port: target.port, method, path, headers }, (said) => {
        response.writeHead(said.statusCode, said.headers);
        said.pipe(response);
    });
    forward.on('error', (problem) => answer(response, 502, problem.message));
    forward.end(body);
}

const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
        const body = Buffer.concat(parts);
        const number = body.includes('Action=Publish') ? ++published : 0;
        if (fault === 'deny' && number >= 3)
            answer(response, 403, '<ErrorResponse><Error><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>');
        else if (fault === 'lose' && number === 3)
            answer(response, 200, '<PublishResponse><PublishResult><MessageId>lost</MessageId></PublishResult></PublishResponse>');
        else passOn(request, response, body);
    });
});
server.listen(0, '127.0.0.1', () => console.log(`endpoint http://127.0.0.1:${server.address().port}`));
process.stdin.on('close', () => process.exit(0)).on('end', () => process.exit(0)).resume();
