// The failures of cooking elsewhere: orders, receipts, and what a cluster says. Part of failure-texts.ts.
import type { Wording } from './wording.ts'

export const elsewhereTexts = {
  'ticket-unfit': (d: { file: string; why: string }): Wording => ({
    message: `${d.file} is no ticket that can be cooked: ${d.why}`,
  }),
  'order-unfit': (d: { file: string; why: string }): Wording => ({
    message: `${d.file} is no order: ${d.why}`,
    hint: 'chef build --tickets DIR writes one',
  }),
  'order-folder': (d: { folder: string }): Wording => ({
    message: `tickets cannot be written to ${d.folder}: other things lie there`,
    hint: 'name a folder that is empty, or that holds an order already',
  }),
  'order-elsewhere': (d: { folder: string; root: string; fridge: string }): Wording => ({
    message: `the order in ${d.folder} belongs to another kitchen: ${d.root} with the fridge ${d.fridge}`,
  }),
  'receipt-unfit': (d: { file: string; why: string }): Wording => ({
    message: `${d.file} cannot be taken in: ${d.why}`,
    hint: 'it is left where it is: cook its ticket again, or take it in when it is whole',
  }),
}
