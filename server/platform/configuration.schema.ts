import { z } from 'zod'
import { County, endpoint } from './endpoint.schema.ts'

const ConfigurationItem = z.object({
  group: z.string(),
  title: z.string(),
  text: z.string(),
  /** When it came to be so; null = with the version of the product. */
  since: z.string().nullable(),
  basis: z.string(),
  /** How it is changed, and by whom. */
  how: z.string(),
})
export type ConfigurationItem = z.infer<typeof ConfigurationItem>

export const getConfigurationEndpoint = endpoint({
  method: 'GET',
  path: '/api/counties/:county/configuration',
  title: '本系统的配置：值、依据、怎样更改',
  input: z.object({ county: County }),
  output: z.object({ items: z.array(ConfigurationItem) }),
})
