/** How many things a call may name, where the engine is asked about each. */
export const mostNamed = 250

export const tooManyNamed = `the call names more than ${mostNamed} containers, volumes and networks, which is more than is looked at for one: name fewer`
