// Failures of executors: orders, receipts, and the states of Slurm.
import { sizeText, type Wording } from './wording.ts'

export const executorFailures = {
  'ticket-unfit': (d: { file: string; why: string }): Wording => ({
    message: `${d.file} is no ticket that can be cooked: ${d.why}`,
  }),
  'ticket-path-missing': (d: { path: string }): Wording => ({
    message: `the ticket needs ${d.path}, and it is not there`,
    hint: 'cook it where the project and the fridge lie under the same paths, or write it with --portable',
  }),
  'ticket-not-portable': (d: { step: string; why: string }): Wording => ({
    message: `a ticket of step "${d.step}" cannot leave this machine: ${d.why}`,
    hint: 'cook it with the stove local',
  }),
  'tool-elsewhere': (d: { tool: string; found: string | undefined }): Wording => ({
    message: d.found
      ? `this cook has another ${d.tool} than the machine that planned the job: ${d.found}`
      : `this cook has no ${d.tool}`,
    hint: 'tools count by their bytes: give every machine the same version',
  }),
  'parcel-unfit': (d: { why: string }): Wording => ({ message: `a portable ticket or receipt is refused: ${d.why}` }),
  'parcel-cut': (_: object): Wording => ({ message: 'a portable ticket or receipt was cut off on its way' }),
  'cook-unreachable': (d: { cook: string; why: string }): Wording => ({
    message: `the cook at ${d.cook} does not answer: ${d.why}`,
    hint: 'its tickets are sent to other cooks, and it is asked again',
  }),
  'cook-untrusted': (d: { cook: string; why: string }): Wording => ({
    message: `the cook at ${d.cook} is not believed: ${d.why}`,
    hint: 'it gets no more tickets from this build',
  }),
  'cooks-none': (d: { why: string }): Wording => ({
    message: `there is no cook to send tickets to: ${d.why}`,
    hint: 'start one with chef cook --listen PORT, and name its address under kitchen.cooks',
  }),
  'cook-token': (d: { cook: string }): Wording => ({
    message: `the cook at ${d.cook} refuses the token`,
    hint: 'kitchen.token, or the address that chef cook --listen printed',
  }),
  'cook-variable': (d: { name: string }): Wording => ({
    message: `kitchen.cooks or kitchen.token takes $${d.name} from the environment, and it is not set`,
  }),
  'cook-address': (_: object): Wording => ({
    message: 'kitchen.cooks holds no address of the form http://HOST:PORT',
    hint: 'chef cook --listen prints one',
  }),
  'listen-token': (d: { address: string }): Wording => ({
    message: `listening on ${d.address} takes a token: --token-file FILE`,
    hint: 'anyone who reaches the address could cook here otherwise',
  }),
  'token-short': (d: { file: string }): Wording => ({
    message: `${d.file} holds no token: one line of at least 16 characters`,
    hint: 'openssl rand -hex 24 makes one',
  }),
  'listen-failed': (d: { address: string; why: string }): Wording => ({
    message: `cannot listen on ${d.address}: ${d.why}`,
  }),
  'listen-plain': (d: { address: string }): Wording => ({
    message: `${d.address} is reached without encryption: token, tickets and results can be read on the way`,
    hint: 'put a server that speaks TLS before it, or a tunnel',
  }),
  'stove-module': (d: { file: string; why: string }): Wording => ({
    message: `the stove ${d.file} gave no receipt: ${d.why}`,
    hint: 'docs/kitchens.md says what a stove of your own exports',
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
    hint: 'it stays where it is: cook its ticket again, or receive it once it is complete',
  }),
  'sbatch-own': (d: { where: string; name: string }): Wording => ({
    message: `${d.where} sets "${d.name}" for sbatch, and chef needs it itself`,
  }),
  'sbatch-odd': (d: { where: string; name: string }): Wording => ({
    message: `${d.where}: "${d.name}" is no option of sbatch`,
  }),
  'slurm-missing': (_: object): Wording => ({
    message: 'the stove is slurm, and there is no sbatch on PATH',
    hint: 'cook where Slurm is installed, or with -o kitchen.stove=local',
  }),
  'slurm-refused': (d: { why: string }): Wording => ({
    message: `Slurm refused the job: ${d.why}`,
    hint: "look at the step's needs and sbatch options, and at what the partition allows (sinfo, scontrol show partition)",
  }),
  'slurm-silent': (d: { why: string }): Wording => ({
    message: `Slurm does not answer: ${d.why}`,
    hint: 'running jobs continue, and chef keeps asking',
  }),
  'slurm-left': (d: { jobs: string[] }): Wording => ({
    message: `jobs were left in Slurm: ${d.jobs.join(' ')}`,
    hint: `a build that asks for the same work takes their results; scancel ${d.jobs.join(' ')} ends them`,
  }),
  'slurm-node': (d: { job: string; node: string }): Wording => ({
    message: `the node was lost${d.node && `: ${d.node}`} (job ${d.job})`,
  }),
  'slurm-preempted': (d: { job: string; node: string }): Wording => ({
    message: `preempted${d.node && ` on ${d.node}`}: another job took its place (job ${d.job})`,
  }),
  'slurm-memory': (d: { job: string; asked: number | undefined }): Wording => ({
    message: `out of memory${d.asked === undefined ? '' : `: it had asked for ${sizeText(d.asked)}`} (job ${d.job})`,
    hint: 'give it more by needs.mem, which may grow: mem: 2 GB * attempt, with retries',
  }),
  'slurm-time': (d: { job: string; asked: number | undefined }): Wording => ({
    message: `out of time${d.asked === undefined ? '' : `: it had asked for ${d.asked} s`} (job ${d.job})`,
    hint: 'give it more by needs.time, which may grow: time: 1h * attempt, with retries',
  }),
  'slurm-cancelled': (d: { job: string }): Wording => ({ message: `cancelled in Slurm, not by chef (job ${d.job})` }),
  'slurm-lost': (d: { job: string }): Wording => ({
    message: `Slurm no longer knows the job, and it left no receipt (job ${d.job})`,
  }),
  'slurm-ended': (d: { job: string; state: string; reason: string; node: string }): Wording => ({
    message: `the job ended without a receipt: ${[d.state, d.reason, d.node].filter((one) => one !== '').join(', ')} (job ${d.job})`,
    hint: 'every node must see the project, the fridge and chef under the same paths as here',
  }),
}
