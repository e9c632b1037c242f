import 'reflect-metadata';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

// The HTTP floor's other side: Nest on Fastify that says back what it was told.
@Controller()
class Echo {
  @Post('echo')
  echo(@Body() body: object): object {
    return body;
  }
}

@Module({ controllers: [Echo] })
class EchoModule {}

const app = await NestFactory.create<NestFastifyApplication>(EchoModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(0, '127.0.0.1');
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.stdout.write(`${await app.getUrl()}\n`);
