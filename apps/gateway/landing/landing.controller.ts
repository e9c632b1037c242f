import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Open, SETTINGS } from '#service-host';
import type { GatewaySettings } from '../gateway-settings.js';
import { landingPage } from './landing-page.js';

@ApiExcludeController()
@Open()
@Controller()
export class LandingController {
  private readonly page: string;

  constructor(@Inject(SETTINGS) { WATTLINE_MODE, SIM_URL }: GatewaySettings) {
    const demo = WATTLINE_MODE === 'demo';
    this.page = landingPage({ demo, phonesUrl: demo && SIM_URL ? SIM_URL : undefined });
  }

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  read(): string {
    return this.page;
  }
}
